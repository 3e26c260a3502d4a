#pragma once

#include <ichor/event_queues/IEventQueue.h>
#include <ichor/event_queues/LatencyHistogram.h>
#include <ichor/event_queues/RealtimeReport.h>
#include <ichor/event_queues/RealtimeSettings.h>

namespace Ichor {

namespace Detail {
class RealtimeDriver;
}

/// A queue whose thread runs under SCHED_FIFO (or SCHED_DEADLINE), with its memory taken and touched before the first event. In steady
/// state it allocates nothing, and enters the kernel only to wait, or to wake and be woken. start() changes the thread that calls it,
/// and changes it back at the end. Who pushes from another thread holds a lock for some nanoseconds, and inherits the priority of
/// whoever waits for it.
///
/// Bounded: an event more than there is room for is refused; see RealtimeSettings::capacity.
///
/// Threads:   see IEventQueue
/// Errors:    of the constructor: std::invalid_argument for settings that make no sense, std::bad_alloc;
///            of start(): RealtimeUnavailable, see RealtimeSettings::realtime
/// Example:   examples/realtime/main.cpp
class RealtimeQueue : public IEventQueue {
public:
    explicit RealtimeQueue(RealtimeSettings const &settings = {});
    ~RealtimeQueue() override;

    /// What the system refused, and how it throttles; valid once start() has begun.
    ///
    /// Threads:   the queue's own, and any after start() has returned
    [[nodiscard]] RealtimeReport const &report() const noexcept;

    /// From the push of an event (of a coroutine that goes on likewise) to the start of its handler. An event that was pushed by a handler
    /// counts from the start of that handler, which is the sooner; one that was pushed before start() is left out. Empty when it is
    /// not measured.
    ///
    /// Threads:   any, see LatencyHistogram
    [[nodiscard]] LatencyHistogram const &eventLatency() const noexcept;

    /// From the deadline of a timer to the start of its callback.
    [[nodiscard]] LatencyHistogram const &timerLateness() const noexcept;

    /// How many events were refused because the queue was full.
    ///
    /// Threads:   any
    [[nodiscard]] std::uint64_t refusedEvents() const noexcept;

private:
    RealtimeQueue(std::unique_ptr<Detail::RealtimeDriver> driver, RealtimeSettings const &settings);

    Detail::RealtimeDriver &_driver;
};

} // namespace Ichor
