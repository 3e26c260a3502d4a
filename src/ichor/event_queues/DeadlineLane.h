#pragma once

#include <ichor/base/Time.h>
#include <ichor/coroutines/RemoteSignal.h>
#include <ichor/coroutines/Wakeup.h>
#include <ichor/event_queues/HeldBack.h>
#include <ichor/event_queues/InboxLock.h>
#include <ichor/event_queues/RealtimeDeadlines.h>
#include <ichor/event_queues/RealtimeReport.h>
#include <ichor/event_queues/RealtimeSettings.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace Ichor::Detail {

class EventLoop;

/// The events that have a deadline, the earliest first; of equal deadlines, the one that came first. All memory is taken at the start.
///
/// While there are any, the lane stands in line once, as a wakeup at its priority: that needs no memory for each event, and which one it is
/// for is seen only when its turn has come. Other threads put theirs into a list and post the lane as a signal to the inbox of the loop.
///
/// Threads:   as each function says
class DeadlineLane {
public:
    /// Errors:    std::bad_alloc
    DeadlineLane(EventLoop &loop, RealtimeSettings const &settings);
    DeadlineLane(DeadlineLane const &) = delete;
    DeadlineLane &operator=(DeadlineLane const &) = delete;
    ~DeadlineLane();

    /// nullptr: all are taken.
    ///
    /// Threads:   any
    [[nodiscard]] DeadlineSlot *take() noexcept;

    /// Threads:   any
    void giveBack(DeadlineSlot &slot) noexcept;

    /// The event in there is described, but for its id, which is given back; 0: the loop has ended, and the slot is still the caller's.
    ///
    /// Threads:   any
    [[nodiscard]] std::uint64_t enter(DeadlineSlot &slot) noexcept;

    /// How many events wait, without what of them stands in line.
    ///
    /// Threads:   the loop's own
    [[nodiscard]] std::size_t size() const noexcept { return _size.load(std::memory_order_relaxed) - (_turn.isPosted() ? 1 : 0); }

    /// Threads:   any
    [[nodiscard]] std::uint64_t missed() const noexcept { return _missed.load(std::memory_order_relaxed); }

    /// Threads:   any; they do not change
    [[nodiscard]] std::size_t capacity() const noexcept { return _capacity; }
    [[nodiscard]] Priority priority() const noexcept { return _priority; }

    /// The thread of the loop is under this, and a missed deadline may be put down to it.
    ///
    /// Threads:   the loop's own
    void setThrottling(std::optional<RtThrottling> const &throttling) noexcept;

    /// Whether it wants to know how the thread spends its time: somebody is told of misses, and they may be due to throttling.
    ///
    /// Threads:   the loop's own, as the next two
    [[nodiscard]] bool isWatching() const noexcept { return _heldBack.has_value(); }
    /// Now and then, while the thread runs.
    void watch(TimePoint now) noexcept;
    /// Until when the loop may wait for `deadline` without a look: to one that polls busily, waiting is running.
    [[nodiscard]] TimePoint waitsUntil(TimePoint now, TimePoint deadline) const noexcept;
    /// It has waited, from then to then. What it waited beyond the deadline it did not want to.
    void noteWait(TimePoint from, TimePoint to, TimePoint deadline) noexcept;

    /// Destroys the events that wait. Once the loop takes no more.
    ///
    /// Threads:   the loop's own
    void clear() noexcept;

private:
    struct Turn final : Wakeup {
        explicit Turn(DeadlineLane &of) noexcept : lane(of) {}
        void wake() noexcept override { lane.runEarliest(); }
        DeadlineLane &lane;
    };
    struct Arrival final : RemoteSignal {
        explicit Arrival(DeadlineLane &of) noexcept : lane(of) {}
        void onSignal() noexcept override {
            lane.collect();
            lane.standInLine();
        }
        DeadlineLane &lane;
    };

    void collect() noexcept;
    void add(DeadlineSlot &slot) noexcept;
    [[nodiscard]] DeadlineSlot &removeEarliest() noexcept;
    void standInLine() noexcept;
    void runEarliest() noexcept;
    void miss(MissedDeadline const &missed, TimePoint now) noexcept;
    [[nodiscard]] HeldBack::Moment momentAt(TimePoint now) const noexcept;
    void discard(DeadlineSlot &slot) noexcept;

    EventLoop &_loop;
    Priority const _priority;
    std::size_t const _capacity;
    WhenIdle const _whenIdle;
    std::function<void(MissedDeadline const &)> const _onMissed;
    RtThrottling _throttling;
    std::optional<HeldBack> _heldBack; // unset: it is not under any throttling, or nobody wants to know
    Duration _window{};
    Duration _slept{};
    std::unique_ptr<DeadlineSlot[]> const _slots;
    std::vector<DeadlineSlot *> _heap; // the earliest on top; has room for all
    std::uint64_t _lastOrder = 0;
    Turn _turn{*this};
    Arrival _arrival{*this};
    std::atomic<std::size_t> _size{0};
    std::atomic<std::uint64_t> _missed{0};

    InboxLock _lock; // guards what follows; taken before that of the inbox, where both are
    DeadlineSlot *_free = nullptr;
    DeadlineSlot *_firstArrived = nullptr;
    DeadlineSlot *_lastArrived = nullptr;
};

} // namespace Ichor::Detail
