#include <ichor/event_queues/VirtualTimeQueue.h>

#include <ichor/event_queues/Doorbell.h>
#include <ichor/event_queues/EventLoop.h>
#include <ichor/event_queues/Futex.h>
#include <ichor/event_queues/ILoopDriver.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace Ichor {

namespace Detail {

/// A clock turned by hand. Waiting for a deadline turns it there; without one, only another thread can help.
class VirtualTimeDriver final : public ILoopDriver {
public:
    void attach(EventLoop &) noexcept override {}
    TimePoint now() const noexcept override { return _now; }

    void wait(Doorbell &doorbell, TimePoint deadline) noexcept override {
        if (doorbell.isRung()) return;
        if (deadline != TimePoint::max()) {
            turnTo(deadline);
            return;
        }
        if (!doorbell.fallAsleep()) return;
        futexWait(doorbell.state(), Doorbell::ASLEEP, TimePoint::max());
        doorbell.wakeUp();
    }

    void wake(Doorbell &doorbell) noexcept override { futexWake(doorbell.state()); }
    void poll() noexcept override {}
    bool hasPolling() const noexcept override { return false; }
    IReadiness *readiness() noexcept override { return nullptr; }

    /// The end of time instead of an overflow.
    [[nodiscard]] TimePoint after(Duration duration) const noexcept {
        return duration > TimePoint::max() - _now ? TimePoint::max() : _now + duration;
    }
    void turnTo(TimePoint time) noexcept { _now = std::max(_now, time); }

private:
    TimePoint _now{};
};

} // namespace Detail

VirtualTimeQueue::VirtualTimeQueue(QueueOptions const &options)
    : VirtualTimeQueue(std::make_unique<Detail::VirtualTimeDriver>(), options) {}

VirtualTimeQueue::VirtualTimeQueue(std::unique_ptr<Detail::VirtualTimeDriver> driver, QueueOptions const &options)
    : IEventQueue(std::move(driver), options), _driver(static_cast<Detail::VirtualTimeDriver &>(loop().driver())) {}

VirtualTimeQueue::~VirtualTimeQueue() = default;

bool VirtualTimeQueue::runUntilIdle() { return loop().runUntilIdle(); }

bool VirtualTimeQueue::advance(Duration duration) {
    TimePoint const end = _driver.after(duration);
    while (runUntilIdle()) {
        TimePoint const next = loop().nextDeadline();
        if (next > end || next == TimePoint::max()) {
            if (end != TimePoint::max()) _driver.turnTo(end); // nothing could be timed from the end of time on
            return true;
        }
        _driver.turnTo(next);
    }
    return false;
}

void VirtualTimeQueue::letPass(Duration duration) noexcept { _driver.turnTo(_driver.after(duration)); }

} // namespace Ichor
