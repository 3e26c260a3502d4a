#pragma once

#include <ichor/base/Expected.h>
#include <ichor/base/Time.h>
#include <ichor/model/Priority.h>
#include <ichor/model/StartError.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace Ichor {

class Properties;
struct MissedDeadline;

/// What a realtime queue does when the system refuses something that it was asked for.
enum class Realtime : std::uint8_t {
    Required,   ///< start() throws RealtimeUnavailable
    BestEffort, ///< it runs without, and says so: RealtimeSettings::onWarning, RealtimeQueue::report()
};

/// What a realtime queue does while it has nothing to do.
enum class WhenIdle : std::uint8_t {
    SLEEP,     ///< in the kernel, until the next deadline or until somebody pushes
    BUSY_POLL, ///< looks again and again: no time to wake up, and a processor of its own
};

/// SCHED_DEADLINE: in each period the thread is given `runtime` of processor, at the latest `deadline` after the period began.
struct DeadlineBudget {
    Duration runtime{};
    Duration deadline{};
    Duration period{};
};

/// How a RealtimeQueue is to run. Memory is taken when the queue is made, and the thread changed when it starts; both are given back.
struct RealtimeSettings {
    Realtime realtime = Realtime::Required;

    /// Of SCHED_FIFO: 1 (least urgent) to 99.
    int priority = 20;

    /// The thread stays on these processors; empty: where it is.
    std::vector<unsigned> cpus{};

    /// SCHED_DEADLINE instead of SCHED_FIFO. The kernel grants it only to a thread that may run on all processors: `cpus` stays empty.
    std::optional<DeadlineBudget> deadlineBudget{};

    WhenIdle whenIdle = WhenIdle::SLEEP;

    /// Whether all memory of the process, that of other threads too, stays in memory: mlockall.
    bool isMemoryLocked = true;

    /// How much of the stack, and of what malloc gives, is touched before the first event. In bytes.
    std::size_t stackBytes = 256 * 1024;
    std::size_t heapBytes = 1024 * 1024;

    /// How many events may wait at once. One more is refused: tryPush… gives false, push… throws QueueFull, and nothing else changes.
    std::size_t capacity = 4096;

    /// For how much of each there is memory, on average. Where the events are larger, the queue is full before its capacity is reached.
    std::size_t eventBytes = 64;

    /// Those that events will have besides the default one; each further one allocates when it is first used.
    std::vector<Priority> priorities{};

    /// Events that other threads push with a lower priority than this, and those with deadlines, come through an inbox of their own:
    /// neither who pushes them nor the queue waits for a lock that a flood of other events holds. 0: all come through one.
    Priority urgentBelow = DEFAULT_PRIORITY;

    /// How many timers may be armed at once before that allocates.
    std::size_t timers = 256;

    /// How many coroutines of each size may live at once before that allocates: sizes are multiples of 64 bytes up to 2,048, and a frame
    /// that is larger is always allocated. So each costs 33 KiB. What else keeps a handler that waits, its event among it, is of these
    /// sizes too, and counts.
    std::size_t coroutines = 64;

    /// How many events with a deadline may wait at once, besides the others; one more is refused likewise. Each takes about 300 bytes.
    std::size_t deadlineCapacity = 256;

    /// Where events with a deadline stand among the others: what has a lower priority comes before them, what has a higher one after.
    Priority deadlinePriority{100};

    /// Is told of each missed deadline, on the queue's own thread after the event's handlers. What it throws is logged.
    std::function<void(MissedDeadline const &)> onMissedDeadline{};

    /// Whether the queue keeps its histograms of how late events and timers are: some nanoseconds an event.
    bool isLatencyMeasured = true;

    /// Is told what the system refused to a queue that goes on without, on the queue's own thread before its first event.
    std::function<void(std::string_view)> onWarning{};

    /// From the properties Realtime ("Required" or "BestEffort"), Priority, Cpus ("0,2-3"), DeadlineRuntime, DeadlineDeadline,
    /// DeadlinePeriod, BusyPoll, LockMemory, StackBytes, HeapBytes, Capacity, EventBytes, Priorities ("10,500"), UrgentBelow, Timers,
    /// Coroutines, DeadlineCapacity, DeadlinePriority and MeasureLatency. What is not there keeps its default.
    ///
    /// Errors:    names the property, its value and what was expected
    [[nodiscard]] static Expected<RealtimeSettings, StartError> from(Properties const &properties);

    /// Whether these settings make sense together.
    [[nodiscard]] Expected<void, StartError> check() const;
};

} // namespace Ichor
