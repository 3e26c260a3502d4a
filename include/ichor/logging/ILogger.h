#pragma once

#include <ichor/logging/LogCalls.h>

namespace Ichor {

/// Where a service writes what it has to say. Required like any interface; LoggerFactory gives each service a logger of its own, with
/// its own level.
///
/// Threads:   the queue's own
/// Errors:    none: a line that cannot be formatted or written is lost
class ILogger : public LogCalls {
protected:
    explicit ILogger(LogLevel level = LogLevel::LOG_INFO) noexcept : LogCalls(level) {}
    ILogger(ILogger const &) = default;
    ILogger &operator=(ILogger const &) = default;

public:
    ~ILogger() override = default;
};

} // namespace Ichor
