#include <ichor/event_queues/EventLoop.h>

#include <ichor/base/Contract.h>
#include <ichor/event_queues/QuitSignals.h>
#include <ichor/events/ContinueEvent.h>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

namespace Ichor::Detail {

namespace {

// A busy loop looks at timers and I/O about this often. The clock is too slow to be read before each event, so the loop reads it
// every so many events, and learns from the time those took how many that should be.
constexpr Duration LOOK_INTERVAL = std::chrono::microseconds(50);
constexpr unsigned MAX_BATCH = 64;
constexpr Duration PUT_OFF_FOR = std::chrono::milliseconds(1);

void const *thisThread() noexcept {
    static thread_local char const token = 0;
    return &token;
}

} // namespace

EventLoop::Current::Current(EventLoop &loop) noexcept : _loop(loop), _queueBefore(currentQueue), _resumerBefore(currentResumer) {
    if (loop._isLooping.exchange(true)) {
        contractViolation(
            "a queue's loop was run from inside of itself, or by two threads at once: what is being handled there is not over");
    }
    currentQueue = &loop._queue;
    currentResumer = &loop._queue;
}

EventLoop::Current::~Current() {
    currentQueue = _queueBefore;
    currentResumer = _resumerBefore;
    _loop._isLooping = false;
    if (_queueBefore == nullptr) return;
    // What this thread pushed to the outer queue meanwhile went through its inbox, and comes before what it pushes from now on.
    EventLoop &outer = *_queueBefore->_loop;
    outer._intake.takeEvents(outer._events);
}

EventLoop::EventLoop(IEventQueue &queue, EventStore &events, std::unique_ptr<ILoopDriver> driver, QueueOptions const &options)
    : _queue(queue), _events(events), _timers(queue), _driver(std::move(driver)),
      _capacity(options.capacity.value_or(std::numeric_limits<std::size_t>::max())), _isBounded(options.capacity.has_value()),
      _places(_capacity), _ownThread(thisThread()) {}

// ---- Any thread ----

void EventLoop::ring() noexcept {
    if (_doorbell.ring()) _driver->wake(_doorbell);
}

std::uint64_t EventLoop::deliver(Event &event) {
    Inbox::Delivery delivery = _intake.deliver(event, _meter == nullptr ? 0 : _meter->stampFromOutside());
    if (delivery.isFirst) ring();
    return delivery.id;
}

void EventLoop::postSignal(RemoteSignal &signal) noexcept {
    if (_intake.postSignal(signal, _queue)) ring();
}

Inbox::Delivery EventLoop::announce(RemoteSignal &signal) noexcept {
    return _intake.announce(signal, _queue, _meter == nullptr ? 0 : _meter->stampFromOutside());
}

void EventLoop::quit() noexcept {
    _wantsToQuit.store(true, std::memory_order_release);
    ring();
}

void EventLoop::noteSignals(unsigned count) noexcept {
    unsigned known = _signals.load(std::memory_order_relaxed);
    while (known < count && !_signals.compare_exchange_weak(known, count, std::memory_order_release, std::memory_order_relaxed)) {}
    ring();
}

bool EventLoop::isOwnThread() const noexcept { return _ownThread.load(std::memory_order_relaxed) == thisThread(); }

bool EventLoop::takePlace() noexcept {
    std::size_t places = _places.load(std::memory_order_relaxed);
    while (places > 0) {
        if (_places.compare_exchange_weak(places, places - 1, std::memory_order_relaxed)) return true;
    }
    return false;
}

// ---- The life of the loop ----

void EventLoop::setProcessor(std::unique_ptr<IEventProcessor> processor) {
    if (_processor != nullptr) contractViolation("a queue has one processor: createManager() or setProcessor() was called before");
    if (_phase.load() != Phase::NEW) contractViolation("a queue is given its processor before it starts");
    _processor = std::move(processor);
}

void EventLoop::begin() {
    if (_processor == nullptr) contractViolation("a queue needs a processor before it starts: call createManager() or setProcessor()");
    if (_phase.load() == Phase::ENDED) contractViolation("a queue's loop runs once, and this one has ended");
    _ownThread.store(thisThread(), std::memory_order_relaxed);
    if (_phase.load() == Phase::RUNNING) return;
    _phase.store(Phase::RUNNING, std::memory_order_release);
    _driver->attach(*this);
    if (_meter != nullptr) _meter->begin();
    _intake.takeEvents(_events); // what was pushed before comes before what onStart() pushes
    _processor->onStart();
}

int EventLoop::run(SignalCapture capture) {
    struct Ending {
        EventLoop &loop;
        ~Ending() {
            loop.end();
            loop._driver->detach();
        }
    };
    Ending ending{*this};
    Current current(*this);
    std::optional<QuitSignals> signals;
    if (capture == SignalCapture::QUIT_SIGNALS) signals.emplace(*this);
    begin();
    while (runToIdle()) wait();
    return _processor->exitStatus();
}

bool EventLoop::runUntilIdle() {
    if (isClosed()) return false;
    Current current(*this);
    begin();
    bool isIdle = runToIdle();
    // What the last step armed may be due already: where the clock moves by itself the wait that follows would end at once.
    while (isIdle && _timers.nextDeadline() <= _driver->now()) isIdle = runToIdle();
    if (!isIdle) end();
    return isIdle;
}

int EventLoop::exitStatus() const noexcept { return _processor->exitStatus(); }

void EventLoop::destroyContents() noexcept {
    close();
    _processor.reset();
    while (_unqueued != nullptr) _unqueued->withdraw();
    while (_putOff != nullptr) _putOff->withdraw();
    disarmTimer(_putOffTimer);
    clearEvents();
    _intake.clear();
}

void EventLoop::end() noexcept {
    close();
    clearEvents();
}

void EventLoop::clearEvents() noexcept {
    if (_next != nullptr) _next->withdraw();
    _events.clear(); // first, since it holds memory of the inbox
    _intake.clearEvents();
    if (_deadlines != nullptr) _deadlines->clear();
}

// ---- The loop ----

// True: idle; false: finished.
bool EventLoop::runToIdle() noexcept {
    if (_isFinished) return false;
    do {
        do {
            if (_meter == nullptr) [[likely]] {
                runBatch<false>();
            } else {
                runBatch<true>();
                _meter->look();
            }
            lookAround();
            if (_isFinished) return false;
        } while (!_events.isEmpty() || _next != nullptr);
    } while (hasMoreToDo());
    return !_isFinished;
}

template <bool IS_MEASURED>
void EventLoop::runBatch() noexcept {
    for (unsigned left = _batch; left > 0; --left) {
        if (_doorbell.isRung()) [[unlikely]] {
            answerDoorbell();
            if (_isFinished) return;
        }
        if (_next != nullptr && isNextFirst()) {
            _eventsInHand = 0;
            if constexpr (IS_MEASURED) _meter->onStart(_nextId);
            runNext();
        } else {
            Event *event = _events.front();
            if (event == nullptr) return;
            _eventsInHand = 1;
            if constexpr (IS_MEASURED) _meter->onStart(event->id());
            dispatch(*event);
            _events.popFront();
        }
        _eventsInHand = NOTHING_IN_HAND;
        if (_processor->isWorkPending()) [[unlikely]] {
            attend();
            if (_isFinished) return;
        }
    }
}

void EventLoop::dispatch(Event &event) noexcept {
    EventDescriptor const &descriptor = event.descriptor();
    if (descriptor.kind == EventKind::WAKEUP) {
        runWakeup(event);
        return;
    }
    _processor->process(event);
    if (_isBounded && descriptor.accounting == Accounting::COUNTED) [[unlikely]]
        giveUpPlace();
}

void EventLoop::runNext() noexcept {
    Wakeup &next = *_next;
    next.withdraw();
    if (!_processor->wantsInternalEvents()) [[likely]]
        return next.wake();
    ContinueEvent event(next);
    EventAccess::describe(event, DESCRIPTOR_OF<ContinueEvent, Accounting::FREE>, _queue._lastId += 2, ServiceId{}, _nextPriority);
    runWakeup(event);
}

void EventLoop::runWakeup(Event &event) noexcept {
    if (_processor->wantsInternalEvents()) [[unlikely]]
        _processor->process(event);
    static_cast<ContinueEvent &>(event).run();
}

void EventLoop::attend() noexcept {
    _processor->advance();
    if (_processor->isFinished()) _isFinished = true;
}

bool EventLoop::hasMoreToDo() noexcept {
    bool hasMoreSteps = _processor->advance();
    if (_processor->isFinished()) {
        _isFinished = true;
        return false;
    }
    return hasMoreSteps || !_events.isEmpty() || _next != nullptr || _doorbell.isRung();
}

void EventLoop::wait() noexcept {
    _intake.tidy();
    if (_deadlines != nullptr && _deadlines->isWatching()) {
        waitWatched();
    } else {
        _driver->wait(_doorbell, _timers.nextDeadline());
    }
    if (_meter != nullptr) _meter->look();
    if (_processor->isWorkPending()) attend();
    _lastLook.reset();
}

void EventLoop::lookAround() noexcept {
    bool hasPolling = _driver->hasPolling();
    bool const isWatched = _deadlines != nullptr && _deadlines->isWatching();
    if (!hasPolling && _timers.isEmpty() && !isWatched) {
        _batch = MAX_BATCH;
        return;
    }
    TimePoint now = _driver->now();
    if (isWatched) _deadlines->watch(now);
    postDueTimers(now);
    if (!_lastLook.has_value()) { // the loop has just slept, and polled by that
        _lastLook = _lastPoll = now;
        return;
    }
    Duration sinceLook = now - *_lastLook;
    _lastLook = now;
    if (sinceLook >= LOOK_INTERVAL) {
        _batch = std::max(1U, _batch / 4);
    } else if (sinceLook < LOOK_INTERVAL / 4) {
        _batch = std::min(MAX_BATCH, _batch * 2);
    }
    if (!hasPolling || now - _lastPoll < LOOK_INTERVAL) return;
    _lastPoll = now;
    _driver->poll();
    if (_processor->isWorkPending()) attend();
}

void EventLoop::postDueTimers(TimePoint now) noexcept {
    while (TimerNode *timer = _timers.takeDue(now)) {
        if (_meter == nullptr) {
            _queue.post(*timer, timer->priority());
        } else {
            _queue.postAs(_meter->timerId(now - timer->deadline()), *timer, timer->priority());
        }
    }
}

void EventLoop::answerDoorbell() noexcept {
    _doorbell.answer();
    if (!_intake.empty(_events)) static_cast<void>(_doorbell.ring()); // once more: somebody holds its lock, or memory is out
    callInOrder(_unqueued);
    callQuit();
    if (_processor->isWorkPending()) attend();
}

void EventLoop::callQuit() noexcept {
    unsigned quits = std::max(_signals.load(std::memory_order_acquire), _wantsToQuit.load(std::memory_order_acquire) ? 1U : 0U);
    if (quits <= _quitsSeen) return;
    _quitsSeen = quits;
    _processor->onQuit(std::min(quits, 2U));
}

// ---- Own thread ----

void EventLoop::postUnqueued(Wakeup &wakeup) noexcept {
    wakeup.chainTo(_unqueued);
    static_cast<void>(_doorbell.ring()); // the loop is here, so it is awake
}

// The id 0 is older than the start, and so left out of the histogram: what it is posted for has an id of its own.
void EventLoop::postUnmeasured(Wakeup &wakeup, Priority priority) noexcept { _queue.postAs(0, wakeup, priority); }

void EventLoop::processFor(Event &event) noexcept {
    if (_meter != nullptr) _meter->onStart(event.id());
    _processor->process(event);
}

std::size_t EventLoop::size() const noexcept {
    return _events.size() + (_next != nullptr ? 1 : 0) + _intake.size() + (_deadlines != nullptr ? _deadlines->size() : 0);
}

bool EventLoop::putOff(Wakeup &wakeup) noexcept {
    if (!_putOffTimer.isArmed()) {
        try {
            armTimer(_putOffTimer, _driver->now() + PUT_OFF_FOR);
        } catch (std::bad_alloc const &) {
            return false;
        }
    }
    wakeup.chainTo(_putOff);
    return true;
}

void EventLoop::callInOrder(Wakeup *&chain) noexcept {
    // The last one posted is the first in the chain. Both chains are such that a wakeup can leave them at any time.
    Wakeup *inOrder = nullptr;
    while (chain != nullptr) {
        Wakeup &wakeup = *chain;
        wakeup.withdraw();
        wakeup.chainTo(inOrder);
    }
    while (inOrder != nullptr) {
        Wakeup &wakeup = *inOrder;
        wakeup.withdraw();
        wakeup.wake();
    }
}

void EventLoop::armTimer(TimerNode &timer, TimePoint deadline) {
    _timers.arm(timer, deadline);
    timer.withdraw(); // it may be due from before
}

void EventLoop::disarmTimer(TimerNode &timer) noexcept {
    _timers.disarm(timer);
    timer.withdraw();
}

ISockets *EventLoop::sockets() noexcept {
    if (ISockets *const own = _driver->sockets(); own != nullptr) return own;
    IReadiness *const readiness = _driver->readiness();
    if (readiness == nullptr) return nullptr;
    if (!_readinessSockets) _readinessSockets.emplace(*readiness);
    return &*_readinessSockets;
}

void EventLoop::reportForeignException(std::exception_ptr error) noexcept { _processor->onForeignException(std::move(error)); }

} // namespace Ichor::Detail
