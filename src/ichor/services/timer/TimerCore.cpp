#include "TimerCore.h"

#include <ichor/event_queues/IEventQueue.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <stdexcept>
#include <utility>

namespace Ichor::Detail {

namespace {

/// Says that the callback's coroutine runs, from its call to its end, whatever end that is.
class Running final {
public:
    explicit Running(std::shared_ptr<TimerCallback> callback) noexcept : _callback(std::move(callback)) { _callback->isRunning = true; }
    Running(Running &&) noexcept = default;
    Running &operator=(Running &&) = delete;
    ~Running() {
        if (_callback) _callback->isRunning = false;
    }

private:
    std::shared_ptr<TimerCallback> _callback;
};

Task<void> finish([[maybe_unused]] Running running, Task<void> task) { co_await task; }

Task<void> fail(std::exception_ptr error) {
    std::rethrow_exception(std::move(error));
    co_return;
}

/// The manager logs what leaves a service's coroutine, with the service's name; that is the one place for it.
void report(IService &service, std::exception_ptr error) noexcept {
    try {
        service.spawn(fail(std::move(error)));
    } catch (...) {
        // No memory even for telling.
    }
}

void call(IService &service, std::shared_ptr<TimerCallback> const &callback) noexcept {
    try {
        Task<void> task = callback->function(callback->tick);
        if (task) service.spawn(finish(Running(callback), std::move(task)));
    } catch (...) {
        report(service, std::current_exception());
    }
}

/// The end of time instead of an overflow.
TimePoint later(TimePoint from, Duration interval, std::uint64_t times) noexcept {
    auto const most = std::numeric_limits<std::int64_t>::max();
    std::int64_t sum = 0;
    if (times > static_cast<std::uint64_t>(most)) return TimePoint::max();
    if (__builtin_mul_overflow(interval.count(), static_cast<std::int64_t>(times), &sum)) return TimePoint::max();
    if (__builtin_add_overflow(sum, from.time_since_epoch().count(), &sum)) return TimePoint::max();
    return TimePoint(Duration(sum));
}

} // namespace

TimerCore::TimerCore(TimerOwner &owner) noexcept : TimerNode(owner.service().getServicePriority()), _owner(&owner) {
    owner._timers.pushBack(*this);
}

TimerCore::~TimerCore() { detach(); }

void TimerCore::setInterval(Duration interval) {
    if (interval <= Duration::zero()) throw std::invalid_argument("a timer's interval must be longer than zero");
    _interval = interval;
}

void TimerCore::setFunction(TimerFunction function) { _callback = std::make_shared<TimerCallback>(std::move(function)); }

void TimerCore::start(Fire first) {
    if (_interval == Duration::zero()) throw std::logic_error("a timer was started without an interval: call setInterval() before");
    if (!_callback) throw std::logic_error("a timer was started without a callback: call setCallback() before");
    if (_owner == nullptr) return;

    TimePoint const now = _owner->resumer().now();
    TimePoint const due = first == Fire::AT_ONCE ? now : later(now, _interval, 1);
    _owner->resumer().armTimer(*this, due);
    _due = due;
    _missedTotal = _missedSinceCall = 0;
    _state = TimerState::RUNNING;
}

void TimerCore::stop() noexcept {
    if (_state == TimerState::STOPPED) return;
    _owner->resumer().disarmTimer(*this);
    _state = TimerState::STOPPED;
}

void TimerCore::detach() noexcept {
    stop();
    hook.unlink();
    _owner = nullptr;
}

void TimerCore::wake() noexcept {
    Duration const late = std::max(_owner->resumer().now() - _due, Duration::zero());
    auto const overslept = static_cast<std::uint64_t>(late / _interval);
    TimerTick tick{later(_due, _interval, overslept), overslept};
    IService &service = _owner->service();
    auto const callback = _callback;

    if (callback->isRunning || service.scope()->isCancelled()) {
        leaveOut(tick);
        return;
    }
    tick.missed += _missedSinceCall;
    _missedSinceCall = 0;
    _missedTotal += overslept;
    // Anything may be done to this timer from inside the callback, so the next tick is set up first, and nothing is touched after it.
    if (_mode == FireMode::ONCE) {
        _state = TimerState::STOPPED;
    } else {
        armAfter(tick);
    }
    callback->tick = tick;
    call(service, callback);
}

void TimerCore::leaveOut(TimerTick const &tick) noexcept {
    _missedSinceCall += tick.missed + 1;
    _missedTotal += tick.missed + 1;
    armAfter(tick);
}

void TimerCore::armAfter(TimerTick const &tick) noexcept {
    TimePoint const next = later(tick.due, _interval, 1);
    try {
        _owner->resumer().armTimer(*this, next);
        _due = next;
    } catch (...) {
        _state = TimerState::STOPPED;
        report(_owner->service(), std::current_exception());
    }
}

TimerOwner::~TimerOwner() {
    while (TimerCore *timer = _timers.popFront()) timer->detach();
}

Timer TimerOwner::createTimer() { return Timer(std::make_unique<TimerCore>(*this)); }

IResumer &TimerOwner::resumer() const noexcept { return _service.getEventQueue(); }

} // namespace Ichor::Detail
