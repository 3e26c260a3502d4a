#include <ichor/event_queues/PriorityQueue.h>

#include <ichor/event_queues/Doorbell.h>
#include <ichor/event_queues/EpollPoller.h>
#include <ichor/event_queues/Futex.h>
#include <ichor/event_queues/ILoopDriver.h>
#include <ichor/event_queues/SteadyClock.h>

#include <memory>

namespace Ichor {

namespace {

using Detail::Doorbell;

/// Sleeps on the doorbell itself until the first descriptor is watched, from then on in epoll.
class FutexEpollDriver final : public Detail::ILoopDriver {
public:
    explicit FutexEpollDriver(Duration spin) noexcept : _spin(spin) {}

    void attach(Detail::EventLoop &) noexcept override {}

    TimePoint now() const noexcept override { return Detail::steadyNow(); }

    void wait(Doorbell &doorbell, TimePoint deadline) noexcept override {
        if (_spin > Duration::zero() && spin(doorbell, deadline)) return;
        if (_poller.isOpen()) {
            _poller.wait(doorbell, now(), deadline);
            return;
        }
        if (!doorbell.fallAsleep()) return;
        Detail::futexWait(doorbell.state(), Doorbell::ASLEEP, deadline);
        doorbell.wakeUp();
    }

    void wake(Doorbell &doorbell) noexcept override {
        if (!_poller.wake()) Detail::futexWake(doorbell.state());
    }

    void poll() noexcept override { _poller.poll(); }
    bool hasPolling() const noexcept override { return _poller.watchCount() != 0; }
    IReadiness *readiness() noexcept override { return &_poller; }

private:
    // True: there is something to do, or it is time.
    bool spin(Doorbell &doorbell, TimePoint deadline) noexcept {
        constexpr unsigned LOOKS_PER_CLOCK = 32;
        TimePoint start = now();
        for (TimePoint time = start; time - start < _spin; time = now()) {
            if (time >= deadline) return true;
            if (hasPolling() && _poller.poll()) return true;
            for (unsigned i = 0; i < LOOKS_PER_CLOCK; ++i) {
                if (doorbell.isRung()) return true;
                Detail::relaxProcessor();
            }
        }
        return false;
    }

    Duration const _spin;
    Detail::EpollPoller _poller; // opened by the loop's own thread, so never while it sleeps
};

} // namespace

PriorityQueue::PriorityQueue(QueueOptions const &options) : IEventQueue(std::make_unique<FutexEpollDriver>(options.spin), options) {}

PriorityQueue::~PriorityQueue() = default;

} // namespace Ichor
