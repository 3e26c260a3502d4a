#pragma once

#include <ichor/logging/IFrameworkLogger.h>
#include <ichor/logging/ILogger.h>
#include <ichor/model/Properties.h>

#include <string>

namespace Ichor {

/// Writes to standard output, a line a call and a system call a line, so that lines of several threads and processes do not mix:
///
///     2024-05-01T12:00:00.123456Z info [Billing] 3 orders (Billing.cpp:42)
///
/// Threads:   the manager's own
/// Properties: see LoggerConfig
/// Errors:    the constructor throws std::invalid_argument when a property is of the wrong kind; a line that cannot be written is lost
class StdoutLogger final : public ILogger {
public:
    explicit StdoutLogger(Properties const &properties);

private:
    void write(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) override;

    std::string _serviceName;
};

/// The same for what Ichor itself says.
class StdoutFrameworkLogger final : public IFrameworkLogger {
public:
    explicit StdoutFrameworkLogger(Properties const &properties);

private:
    void write(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) override;
};

} // namespace Ichor
