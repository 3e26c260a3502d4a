#pragma once

#include <ichor/logging/IFrameworkLogger.h>
#include <ichor/logging/ILogger.h>

namespace Ichor {

/// Writes nothing, formats nothing and cannot be told to: its level stays LOG_NONE, so that a call to it is one comparison.
///
/// Threads:   the manager's own
class NullLogger final : public ILogger {
public:
    NullLogger() noexcept : ILogger(LogLevel::LOG_NONE) {}

    void setLogLevel(LogLevel) noexcept override {}

private:
    void write(LogLevel, std::source_location const &, fmt::string_view, fmt::format_args) override {}
};

/// The same for what Ichor itself says.
class NullFrameworkLogger final : public IFrameworkLogger {
public:
    NullFrameworkLogger() noexcept : IFrameworkLogger(LogLevel::LOG_NONE) {}

    void setLogLevel(LogLevel) noexcept override {}

private:
    void write(LogLevel, std::source_location const &, fmt::string_view, fmt::format_args) override {}
};

} // namespace Ichor
