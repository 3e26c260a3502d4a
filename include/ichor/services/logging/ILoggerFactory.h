#pragma once

#include <ichor/model/LogLevel.h>

namespace Ichor {

/// Gives each service that requires ILogger a logger of its own.
///
/// Threads:   the manager's own
class ILoggerFactory {
public:
    virtual ~ILoggerFactory() = default;

    /// The level of loggers of services that have no property "LogLevel".
    [[nodiscard]] virtual LogLevel getDefaultLogLevel() const noexcept = 0;

    /// Also changes the loggers already made that have that level by default.
    virtual void setDefaultLogLevel(LogLevel level) = 0;

protected:
    ILoggerFactory() = default;
    ILoggerFactory(ILoggerFactory const &) = default;
    ILoggerFactory &operator=(ILoggerFactory const &) = default;
};

} // namespace Ichor
