#pragma once

#include <ichor/logging/IFrameworkLogger.h>
#include <ichor/logging/ILogger.h>
#include <ichor/model/Properties.h>

#include <memory>

namespace spdlog {
class logger;
}

namespace Ichor {

/// Writes through a clone of spdlog's default logger, so to the sinks and in the pattern that the program gave that one before this
/// logger was made. `%n` in the pattern is the name of the service whose line it is, `%s:%#` the place in the source.
///
/// Threads:   the manager's own
/// Properties: see LoggerConfig
/// Errors:    the constructor throws std::invalid_argument when a property is of the wrong kind; errors of writing go to spdlog's handler
class SpdlogLogger final : public ILogger {
public:
    explicit SpdlogLogger(Properties const &properties);

private:
    void write(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) override;

    std::shared_ptr<spdlog::logger> _logger;
};

/// The same for what Ichor itself says.
class SpdlogFrameworkLogger final : public IFrameworkLogger {
public:
    explicit SpdlogFrameworkLogger(Properties const &properties);

private:
    void write(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) override;

    std::shared_ptr<spdlog::logger> _logger;
};

} // namespace Ichor
