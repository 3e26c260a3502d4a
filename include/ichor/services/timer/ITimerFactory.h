#pragma once

#include <ichor/base/Time.h>
#include <ichor/coroutines/Sleep.h>
#include <ichor/services/timer/Timer.h>

namespace Ichor {

/// Makes timers for the service that it was injected into.
///
/// Threads:   the manager's own
class ITimerFactory {
public:
    virtual ~ITimerFactory() = default;

    /// A timer of this service, stopped, at the service's priority.
    [[nodiscard]] virtual Timer createTimer() = 0;

    /// `co_await timers.sleep(10ms)`: suspends for that long.
    ///
    /// Errors:    throws Cancelled when the service is about to stop
    [[nodiscard]] auto sleep(Duration duration) const { return sleepFor(duration); }

protected:
    ITimerFactory() = default;
    ITimerFactory(ITimerFactory const &) = default;
    ITimerFactory &operator=(ITimerFactory const &) = default;
};

} // namespace Ichor
