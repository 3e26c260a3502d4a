#include <ichor/event_queues/FutexEpollDriver.h>

#include <ichor/event_queues/Doorbell.h>
#include <ichor/event_queues/Futex.h>
#include <ichor/event_queues/SteadyClock.h>

namespace Ichor::Detail {

TimePoint FutexEpollDriver::now() const noexcept { return steadyNow(); }

void FutexEpollDriver::wait(Doorbell &doorbell, TimePoint deadline) noexcept {
    if (_spin > Duration::zero() && spin(doorbell, deadline)) return;
    if (_poller.isOpen()) {
        _poller.wait(doorbell, now(), deadline);
        return;
    }
    if (!doorbell.fallAsleep()) return;
    futexWait(doorbell.state(), Doorbell::ASLEEP, deadline);
    doorbell.wakeUp();
}

void FutexEpollDriver::wake(Doorbell &doorbell) noexcept {
    if (!_poller.wake()) futexWake(doorbell.state());
}

// True: there is something to do, or it is time.
bool FutexEpollDriver::spin(Doorbell &doorbell, TimePoint deadline) noexcept {
    // With descriptors it is the system call that takes time: pausing between two of them would only delay what has come.
    unsigned const looksPerClock = hasPolling() ? 1 : 32;
    TimePoint start = now();
    for (TimePoint time = start; time - start < _spin; time = now()) {
        if (time >= deadline) return true;
        if (hasPolling() && _poller.poll()) return true;
        for (unsigned i = 0; i < looksPerClock; ++i) {
            if (doorbell.isRung()) return true;
            relaxProcessor();
        }
    }
    return false;
}

} // namespace Ichor::Detail
