#pragma once

#include <ichor/event_queues/IEventQueue.h>
#include <ichor/event_queues/LatencyHistogram.h>
#include <ichor/event_queues/RealtimeDeadlines.h>
#include <ichor/event_queues/RealtimeReport.h>
#include <ichor/event_queues/RealtimeSettings.h>

namespace Ichor {

namespace Detail {
class DeadlineLane;
class RealtimeDriver;
} // namespace Detail

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

    /// Constructs an event that is to be handled by `deadline`, and gives back its id. Of such events the one with the earliest deadline
    /// runs next, of equal deadlines the one that was pushed first; among the others they stand where RealtimeSettings::deadlinePriority
    /// says. One whose deadline has passed is handled all the same.
    ///
    /// Threads:   any
    /// Errors:    as those of pushEvent; QueueFull when RealtimeSettings::deadlineCapacity of them wait
    template <class E, class... Args>
    std::uint64_t pushEventBefore(ServiceId origin, TimePoint deadline, Args &&...args) {
        using Stored = typename Detail::StoredEvent<E, Args...>::Type;
        if constexpr (Detail::CanBePushed<Stored, Args...>) {
            return pushBefore<Stored>(Refusal::THROWS, origin, deadline, std::forward<Args>(args)...);
        } else {
            Detail::refusePush<Stored, Args...>();
            return 0;
        }
    }

    /// False: there is no room, or the queue has ended, and there is no event.
    template <class E, class... Args>
    bool tryPushEventBefore(ServiceId origin, TimePoint deadline, Args &&...args) {
        using Stored = typename Detail::StoredEvent<E, Args...>::Type;
        if constexpr (Detail::CanBePushed<Stored, Args...>) {
            return pushBefore<Stored>(Refusal::RETURNS_ZERO, origin, deadline, std::forward<Args>(args)...) != 0;
        } else {
            Detail::refusePush<Stored, Args...>();
            return false;
        }
    }

    /// How many events were handled too late: their handlers had not returned, or come to their first wait, by their deadline.
    ///
    /// Threads:   any
    [[nodiscard]] std::uint64_t missedDeadlines() const noexcept;

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

    // Gives the slot back unless its event went in.
    class SlotHolder {
    public:
        SlotHolder(RealtimeQueue &queue, Refusal refusal) : _queue(queue), _slot(queue.takeSlot(refusal)) {}
        SlotHolder(SlotHolder const &) = delete;
        SlotHolder &operator=(SlotHolder const &) = delete;
        ~SlotHolder() {
            if (_slot != nullptr) _queue.giveBack(*_slot);
        }
        [[nodiscard]] Detail::DeadlineSlot *slot() const noexcept { return _slot; }
        void use() noexcept { _slot = nullptr; }

    private:
        RealtimeQueue &_queue;
        Detail::DeadlineSlot *_slot;
    };

    template <class E, class... Args>
    std::uint64_t pushBefore(Refusal refusal, ServiceId origin, TimePoint deadline, Args &&...args) {
        static_assert(Detail::FITS_A_DEADLINE_SLOT<E>, "an event with a deadline has at most 256 bytes, an alignment of at most 8, and a "
                                                       "move constructor that is noexcept: then it is never allocated");
        SlotHolder holder(*this, refusal);
        if (holder.slot() == nullptr) return 0;
        E *const event = Detail::constructEvent<E>(holder.slot()->memory, std::forward<Args>(args)...);
        Detail::EventAccess::describe(*event, Detail::DESCRIPTOR_OF<E, Accounting::FREE>, 0, origin, _deadlinePriority);
        holder.slot()->deadline = deadline;
        std::uint64_t const id = enter(*holder.slot());
        if (id == 0) { // it ended since
            std::destroy_at(event);
            return refuseClosed(refusal);
        }
        holder.use();
        return id;
    }

    [[nodiscard]] Detail::DeadlineSlot *takeSlot(Refusal refusal);
    void giveBack(Detail::DeadlineSlot &slot) noexcept;
    [[nodiscard]] std::uint64_t enter(Detail::DeadlineSlot &slot) noexcept;

    Detail::RealtimeDriver &_driver;
    Detail::DeadlineLane &_deadlines;
    Priority const _deadlinePriority;
};

} // namespace Ichor
