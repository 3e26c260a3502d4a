// The part of LifecycleEngine that looks at who takes too long.

#include "LifecycleEngine.h"

#include "Explainer.h"
#include "ManagerLog.h"
#include <algorithm>
#include <ichor/event_queues/IEventQueue.h>

namespace Ichor::Detail {

namespace {

constexpr Duration SHORTEST_PERIOD = std::chrono::milliseconds{1};

// Services explained at one tick: as many as a person reads, and few enough that no event has to wait for long.
constexpr std::size_t REPORTS_AT_ONCE = 32;

char const *whatIsOverdue(ServiceRecord const &record) noexcept {
    if (record.state == ServiceState::STARTING) {
        return "its start() does not end although it is cancelled";
    }
    if (record.state == ServiceState::INSTALLED) {
        return "its coroutines do not end although they are cancelled"; // spawned before it was started
    }
    switch (record.descent) {
    case Descent::STOP: return "its stop() does not end";
    case Descent::COROUTINES:
    case Descent::LATE_COROUTINES: return "its coroutines do not end although they are cancelled";
    case Descent::NONE:
    case Descent::DEPENDENTS: break;
    }
    return "its dependents do not stop";
}

} // namespace

void LifecycleEngine::setStopDeadline(Duration deadline) noexcept {
    _stopDeadline = std::max(deadline, Duration::zero());
    if (_clock.isArmed()) {
        arm();
    }
}

void LifecycleEngine::setWaitingReport(Duration after) noexcept {
    _waitingReport = std::max(after, Duration::zero());
    if (_clock.isArmed()) {
        arm();
    }
}

void LifecycleEngine::watch(ServiceRecord &record, ClockList &list) noexcept {
    if (_isForced && &list == &_descending) {
        return force(record);
    }
    if (record.clockHook.isLinked()) {
        return;
    }
    record.sinceTick = _ticks;
    list.pushBack(record);
    if (!_clock.isArmed() && !_clock.isPosted()) {
        arm();
    }
}

void LifecycleEngine::arm() noexcept {
    _period = std::max(std::min(_stopDeadline, _waitingReport) / 4, SHORTEST_PERIOD);
    try {
        _queue.armTimer(_clock, _queue.now() + _period);
    } catch (...) {
        // Out of memory: nobody is reported or forced until the next service has to wait.
    }
}

/// A record is looked at only at ticks, and may have come right before one: the first does not count.
bool LifecycleEngine::isDue(ServiceRecord const &record, Duration deadline) const noexcept {
    std::uint64_t const seen = _ticks - record.sinceTick;
    return seen > 0 && static_cast<Duration::rep>(seen - 1) * _period >= deadline;
}

void LifecycleEngine::tick() noexcept {
    ++_ticks;
    // Both lists are in the order of their time, so that the walk ends at the first who is not due.
    ClockList due;
    reportWaiting();
    while (!_descending.isEmpty() && isDue(_descending.front(), _stopDeadline)) {
        due.pushBack(*_descending.popFront());
    }
    while (ServiceRecord *record = due.popFront()) {
        force(*record);
    }
    if (!_waiting.isEmpty() || !_descending.isEmpty()) {
        arm();
    }
}

/// First who exceeds the deadline is named and, in stop(), cancelled; the second time it is taken down by force.
void LifecycleEngine::force(ServiceRecord &record) noexcept {
    _log.overdue(record, whatIsOverdue(record));
    if (_isQuitting) {
        _hasExceededDeadline = true;
    }
    if (record.descent == Descent::STOP && !record.isOverdue && !_isForced) {
        record.isOverdue = true;
        record.coroutines.cancel();
        watch(record, _descending);
        return;
    }
    record.coroutines.abandonAll();
    _work.enqueue(record);
}

void LifecycleEngine::quitNow() noexcept {
    quit();
    _isForced = true;
    ClockList all;
    all.spliceBack(_descending);
    while (ServiceRecord *record = all.popFront()) {
        force(*record);
    }
}

/// By one explainer, so that what many wait for is followed to its cause once.
void LifecycleEngine::reportWaiting() noexcept {
    Explainer explainer{_table};
    std::size_t left = REPORTS_AT_ONCE;
    std::size_t untold = 0;
    while (!_waiting.isEmpty() && isDue(_waiting.front(), _waitingReport)) {
        ServiceRecord &record = *_waiting.popFront();
        if (left == 0) {
            ++untold;
            continue;
        }
        --left;
        try {
            _log.stillWaiting(explainer.explain(record.id).toString());
        } catch (...) { // no memory for the explanation, nor for those to come
            left = 0;
            ++untold;
        }
    }
    if (untold > 0) {
        _log.moreStillWaiting(untold);
    }
}

} // namespace Ichor::Detail
