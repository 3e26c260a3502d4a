#pragma once

#include <ichor/logging/LogCalls.h>

namespace Ichor {

/// Where Ichor itself writes what it has to say: services that fail, callbacks that throw, deadlines that pass. A type apart from
/// ILogger, so that the two can go to different places; without a service that provides it, errors and warnings go
/// to standard error.
///
/// Threads:   the queue's own
/// Errors:    none: a line that cannot be formatted or written is lost
class IFrameworkLogger : public LogCalls {
protected:
    explicit IFrameworkLogger(LogLevel level = LogLevel::LOG_INFO) noexcept : LogCalls(level) {}
    IFrameworkLogger(IFrameworkLogger const &) = default;
    IFrameworkLogger &operator=(IFrameworkLogger const &) = default;

public:
    ~IFrameworkLogger() override = default;
};

} // namespace Ichor
