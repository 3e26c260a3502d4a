#pragma once

#include <ichor/event_queues/EpollPoller.h>
#include <ichor/event_queues/ILoopDriver.h>

namespace Ichor::Detail {

/// Sleeps on the doorbell itself until the first descriptor is watched, from then on in epoll.
///
/// Threads:   see ILoopDriver
class FutexEpollDriver : public ILoopDriver {
public:
    /// `spin`: how long it looks before it sleeps; Duration::max(): it never sleeps.
    explicit FutexEpollDriver(Duration spin) noexcept : _spin(spin) {}

    void attach(EventLoop &) override {}
    [[nodiscard]] TimePoint now() const noexcept final;
    void wait(Doorbell &doorbell, TimePoint deadline) noexcept final;
    void wake(Doorbell &doorbell) noexcept final;
    void poll() noexcept final { _poller.poll(); }
    [[nodiscard]] bool hasPolling() const noexcept final { return _poller.watchCount() != 0; }
    [[nodiscard]] IReadiness *readiness() noexcept final { return &_poller; }

private:
    [[nodiscard]] bool spin(Doorbell &doorbell, TimePoint deadline) noexcept;

    Duration const _spin;
    EpollPoller _poller; // opened by the loop's own thread, so never while it sleeps
};

} // namespace Ichor::Detail
