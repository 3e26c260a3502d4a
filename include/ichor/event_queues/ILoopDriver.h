#pragma once

#include <ichor/base/Time.h>

namespace Ichor {

class IReadiness;
class ISockets;
class RealtimeQueue;

namespace Detail {

class Doorbell;
class EventLoop;

/// How one kind of queue waits, and what else it polls. The rest is the same for all kinds.
///
/// Threads:   wake() any; all else the queue's own
class ILoopDriver {
public:
    virtual ~ILoopDriver() = default;

    /// Once, before the first wait or poll, on the thread that the loop will run on.
    ///
    /// Errors:    what it throws leaves the queue's start(), and the queue has ended; detach() is called even then
    virtual void attach(EventLoop &loop) = 0;

    [[nodiscard]] virtual TimePoint now() const noexcept = 0;

    /// Once, after the last wait or poll, on the same thread: what was begun there and not ended is ended.
    virtual void detach() noexcept {}

    /// Blocks until the doorbell rings, a descriptor is ready or the deadline has come; may return sooner.
    virtual void wait(Doorbell &doorbell, TimePoint deadline) noexcept = 0;

    /// Ends a wait() on this doorbell. Called at most once a wait; it may have ended by itself meanwhile.
    ///
    /// Threads:   any, and from signal handlers
    virtual void wake(Doorbell &doorbell) noexcept = 0;

    /// Serves what is ready, without waiting.
    virtual void poll() noexcept = 0;

    /// False: poll() would do nothing.
    [[nodiscard]] virtual bool hasPolling() const noexcept = 0;

    /// nullptr when this kind cannot watch descriptors.
    [[nodiscard]] virtual IReadiness *readiness() noexcept = 0;

    /// nullptr when this kind has no way of its own; then sockets run on its readiness.
    [[nodiscard]] virtual ISockets *sockets() noexcept { return nullptr; }

    /// nullptr when this is not the driver of such a queue.
    [[nodiscard]] virtual RealtimeQueue *realtime() noexcept { return nullptr; }
};

} // namespace Detail

} // namespace Ichor
