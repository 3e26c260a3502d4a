#pragma once

#include <ichor/base/Time.h>
#include <ichor/event_queues/DeadlineLane.h>
#include <ichor/event_queues/Doorbell.h>
#include <ichor/event_queues/IEventQueue.h>
#include <ichor/event_queues/ILoopDriver.h>
#include <ichor/event_queues/Intake.h>
#include <ichor/event_queues/LatencyMeter.h>
#include <ichor/event_queues/ReadinessSockets.h>
#include <ichor/event_queues/TimerHeap.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <optional>

namespace Ichor::Detail {

/// The loop that all kinds of queue share: what runs next, and when to look at timers, other threads and I/O. How to wait is the driver's.
///
/// Threads:   any where it says so; all else the queue's own
class EventLoop {
public:
    EventLoop(IEventQueue &queue, EventStore &events, std::unique_ptr<ILoopDriver> driver, QueueOptions const &options);
    EventLoop(EventLoop const &) = delete;
    EventLoop &operator=(EventLoop const &) = delete;
    ~EventLoop() = default;

    // ---- Any thread ----
    std::uint64_t deliver(Event &event);
    void postSignal(RemoteSignal &signal) noexcept;
    [[nodiscard]] Inbox::Delivery announce(RemoteSignal &signal) noexcept; // see Inbox; who is first rings
    void ring() noexcept;
    [[nodiscard]] bool isCurrent() const noexcept { return currentQueue == &_queue; }
    void quit() noexcept; // from signal handlers too
    /// How many have come in all; fewer than it knows of change nothing. From signal handlers too.
    void noteSignals(unsigned count) noexcept;
    [[nodiscard]] bool isRunning() const noexcept { return _phase.load(std::memory_order_acquire) == Phase::RUNNING; }
    [[nodiscard]] bool isClosed() const noexcept { return _phase.load(std::memory_order_acquire) == Phase::ENDED; }
    [[nodiscard]] bool isOwnThread() const noexcept;
    [[nodiscard]] bool takePlace() noexcept;
    void giveUpPlace() noexcept { _places.fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] std::size_t capacity() const noexcept { return _capacity; }
    void noteRefusal() noexcept { _refusals.fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t refusals() const noexcept { return _refusals.load(std::memory_order_relaxed); }

    // ---- The life of the loop ----
    void makeRealtime(StorePlan const &plan, RealtimeSettings const &settings); // once, before anybody else has it
    void measureLatency(LatencyHistogram &events, LatencyHistogram &timers);    // likewise
    DeadlineLane &takeDeadlines(RealtimeSettings const &settings);              // likewise
    void setProcessor(std::unique_ptr<IEventProcessor> processor);
    int run(SignalCapture capture);

    /// The first call starts the processor. True: there is nothing to do before the next deadline; false: the processor is finished.
    bool runUntilIdle();
    [[nodiscard]] int exitStatus() const noexcept;

    /// Destroys the processor, then the events.
    void destroyContents() noexcept;

    // ---- Own thread ----
    void armTimer(TimerNode &timer, TimePoint deadline);
    void disarmTimer(TimerNode &timer) noexcept;
    void withdrawSignal(RemoteSignal &signal) noexcept { _intake.withdrawSignal(signal); }
    [[nodiscard]] PushMark mark() const noexcept { return _intake.mark(); }
    void postUnqueued(Wakeup &wakeup) noexcept;         // when there is no memory to post it
    [[nodiscard]] bool putOff(Wakeup &wakeup) noexcept; // see IResumer::postLater; false: there is no memory
    /// Takes a wakeup that would be the only thing in line, and so next, without making an event of it. False: it has to stand in line.
    [[nodiscard]] bool takeAsNext(Wakeup &wakeup, Priority priority) noexcept {
        if (_events.size() != _eventsInHand || _next != nullptr) return false;
        wakeup.linkTo(_next);
        if (_meter != nullptr) [[unlikely]]
            _nextId = _meter->ownStamp();
        _nextPriority = priority;
        return true;
    }
    [[nodiscard]] std::uint64_t nextOwnId() noexcept { return _queue.nextOwnId(); }
    void postUnmeasured(Wakeup &wakeup, Priority priority) noexcept;
    void processFor(Event &event) noexcept; // one that is kept elsewhere
    void reportForeignException(std::exception_ptr error) noexcept;
    [[nodiscard]] TimePoint nextDeadline() const noexcept { return _timers.nextDeadline(); }
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] DeadlineLane *deadlines() const noexcept { return _deadlines.get(); }
    [[nodiscard]] ILoopDriver &driver() const noexcept { return *_driver; }
    [[nodiscard]] ISockets *sockets() noexcept;

private:
    // Nothing comes in any more, and who is still in line is not called.
    void close() noexcept {
        _phase.store(Phase::ENDED, std::memory_order_release);
        _intake.close();
    }
    // The same, and what is still in line is destroyed now: somebody may wait for what its destructor does.
    void end() noexcept;
    void clearEvents() noexcept;

    enum class Phase : std::uint8_t { NEW, RUNNING, ENDED };

    // Makes this the queue that runs on this thread, and afterwards the one that did before.
    class Current {
    public:
        explicit Current(EventLoop &loop) noexcept;
        Current(Current const &) = delete;
        Current &operator=(Current const &) = delete;
        ~Current();

    private:
        EventLoop &_loop;
        IEventQueue *_queueBefore;
        IResumer *_resumerBefore;
    };

    // When those that were put off are called.
    class PutOffTimer final : public TimerNode {
    public:
        explicit PutOffTimer(EventLoop &loop) noexcept : _loop(loop) {}
        void wake() noexcept override { callInOrder(_loop._putOff); }

    private:
        EventLoop &_loop;
    };

    void begin();
    bool runToIdle() noexcept;
    template <bool IS_MEASURED>
    void runBatch() noexcept;
    [[nodiscard]] bool isNextFirst() noexcept {
        Event const *const first = _events.front(); // nullptr too where all that is left came to nothing
        return first == nullptr || !(first->priority() < _nextPriority);
    }
    void runNext() noexcept;
    void dispatch(Event &event) noexcept;
    void runWakeup(Event &event) noexcept;
    void attend() noexcept;
    [[nodiscard]] bool hasMoreToDo() noexcept;
    void wait() noexcept;
    void waitWatched() noexcept;
    void lookAround() noexcept;
    void postDueTimers(TimePoint now) noexcept;
    void answerDoorbell() noexcept;
    void callQuit() noexcept;
    static void callInOrder(Wakeup *&chain) noexcept;

    static constexpr std::size_t NOTHING_IN_HAND = std::numeric_limits<std::size_t>::max();

    IEventQueue &_queue;
    EventStore &_events;
    std::unique_ptr<IEventProcessor> _processor;
    Doorbell _doorbell;
    std::unique_ptr<LatencyMeter> _meter; // nullptr: nobody wants to know
    std::atomic<bool> _isLooping{false};
    bool _isFinished = false;
    unsigned _batch = 1;                // how many events may pass before the loop looks at the clock again
    std::optional<TimePoint> _lastLook; // unset: it has slept since
    TimePoint _lastPoll{};
    // Comes before the events of its priority, since there were none when it was posted. nullptr = none, or withdrawn
    Wakeup *_next = nullptr;
    std::uint64_t _nextId = 0; // what its event would have had, where latency is measured
    Priority _nextPriority;
    std::size_t _eventsInHand = NOTHING_IN_HAND; // how many of _events are being dispatched: 0 while _next is
    Wakeup *_unqueued = nullptr;                 // wakeups for which there was no memory, the last one first
    Wakeup *_putOff = nullptr;                   // likewise, of those that wait for _putOffTimer
    PutOffTimer _putOffTimer{*this};
    unsigned _quitsSeen = 0;
    TimerHeap _timers;
    std::unique_ptr<ILoopDriver> _driver;
    std::optional<ReadinessSockets> _readinessSockets; // unset: nobody has asked, or the driver has its own
    std::size_t const _capacity;
    bool const _isBounded;

    alignas(64) Intake _intake;
    std::atomic<std::size_t> _places;        // in a bounded queue, for how many more events there is room
    std::atomic<std::uint64_t> _refusals{0}; // events for which a bounded queue had no room
    std::atomic<bool> _wantsToQuit{false};
    std::atomic<unsigned> _signals{0};
    std::atomic<Phase> _phase{Phase::NEW};
    std::atomic<void const *> _ownThread;
    std::unique_ptr<DeadlineLane> _deadlines; // nullptr: no event of this queue has one
};

} // namespace Ichor::Detail
