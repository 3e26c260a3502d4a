#include "LifecycleEngine.h"

#include "ManagerLog.h"
#include <ichor/dependency_management/StateWaiter.h>
#include <ichor/event_queues/IEventQueue.h>
#include <new>
#include <utility>

namespace Ichor::Detail {

namespace {

// Steps between two looks at the events: many enough to be fast, few enough that nobody waits long.
constexpr int STEPS_AT_ONCE = 64;

/// Mostly nobody waits.
void notifyWaiters(ServiceRecord &record) noexcept {
    if (!record.waiters.isEmpty()) {
        StateWaiter::notify(record);
    }
}

} // namespace

LifecycleEngine::LifecycleEngine(IEventQueue &queue, ServiceTable &table, InterfaceIndex &index, WorkQueue &work,
                                 DependencyResolver &resolver, TrackerRegistry &trackers, ManagerLog &log, bool &hasWork)
    : _queue(queue), _table(table), _index(index), _work(work), _resolver(resolver), _trackers(trackers), _log(log), _hasWork(hasWork) {}

ServiceRecord &LifecycleEngine::add(OwnedRecord owned, OnlyFor onlyFor) {
    ServiceRecord &record = *owned;
    _resolver.prepare(record, _index);
    _work.join(record);
    try {
        _table.insert(record);
    } catch (...) {
        _work.leave(record);
        throw;
    }
    _resolver.join(record);
    record.isRegistered = true;
    record.onlyFor = onlyFor.requester;
    if (onlyFor.requester.isValid()) {
        if (ServiceRecord *requester = _table.find(onlyFor.requester)) {
            requester->ownedProviders.pushBack(record);
        } else {
            record.wish = Wish::REMOVED;
        }
    }
    if (_isQuitting) {
        record.wish = Wish::REMOVED;
        _table.moveToFront(record); // among those that were asked
    }
    _work.enqueue(record);
    return *owned.release();
}

bool LifecycleEngine::wish(ServiceId id, Wish wish) noexcept {
    ServiceRecord *record = _table.find(id);
    if (record == nullptr || record->wish == Wish::REMOVED) {
        return record != nullptr && wish == Wish::REMOVED;
    }
    if (wish != Wish::STARTED) {
        askToGo(*record, wish);
        return true;
    }
    // A failure that has not been looked at yet stays one: what has begun winds down like any other. Unless a stop was asked for since.
    bool const isFailureNew = record->state == ServiceState::STARTING || (record->isInjectionBroken && record->wish == Wish::STARTED);
    if (!isFailureNew) {
        record->hasFailed = false;
    }
    record->wish = Wish::STARTED;
    _work.enqueue(*record);
    return true;
}

void LifecycleEngine::askToGo(ServiceRecord &record, Wish wish) noexcept {
    if (record.wish == Wish::REMOVED) {
        return;
    }
    if (record.state == ServiceState::INSTALLED) {
        record.clockHook.unlink(); // it no longer waits to start
    } else {
        // Even when a start is asked for before the first step down: who asked to stop gets a stop.
        record.mustStop = true;
    }
    record.wish = wish;
    _work.enqueue(record);
}

bool LifecycleEngine::advance() noexcept {
    for (int left = STEPS_AT_ONCE; left > 0; --left) {
        if (ServiceRecord *record = _work.pop()) {
            step(*record);
        } else if (_leftToAsk > 0) {
            askNextToQuit();
        } else {
            _hasWork = false;
            return false;
        }
    }
    return true;
}

void LifecycleEngine::step(ServiceRecord &record) noexcept {
    switch (record.state) {
    case ServiceState::INSTALLED: return stepInstalled(record);
    case ServiceState::STARTING: return stepStarting(record);
    case ServiceState::ACTIVE:
        if (record.mustLeave()) {
            beginStop(record);
        }
        return;
    case ServiceState::UNINJECTING:
    case ServiceState::STOPPING: return descend(record);
    case ServiceState::INJECTING:
    case ServiceState::UNINSTALLED: return;
    }
}

void LifecycleEngine::stepInstalled(ServiceRecord &record) noexcept {
    if (record.wish == Wish::REMOVED) {
        return uninstall(record);
    }
    if (record.wish == Wish::STOPPED || record.hasFailed || record.isInjectionBroken) {
        return closeInstalled(record);
    }
    if (!record.isAnnounced) {
        record.isAnnounced = true;
        _trackers.announce(record);
        // A tracker may have changed its mind about the requester itself; then there is another turn.
        if (record.wish != Wish::STARTED) {
            return _work.enqueue(record);
        }
    }
    if (!record.isOpen) {
        _resolver.open(record);
    }
    // While being injected it may have failed, or been asked to go: enqueued again.
    if (record.isInjectionBroken || record.wish != Wish::STARTED) {
        return;
    }
    if (record.unsatisfied > 0) {
        if (!record.clockHook.isLinked()) {
            watch(record, _waiting);
        }
        return;
    }
    beginStart(record);
}

/// It takes no providers and gives back those that it has, until the next start; which may have been asked for since it failed.
void LifecycleEngine::closeInstalled(ServiceRecord &record) noexcept {
    _resolver.close(record);
    _resolver.release(record);
    record.clockHook.unlink();
    if (std::exchange(record.isInjectionBroken, false)) {
        notifyWaiters(record);
        if (record.wish == Wish::STARTED && !record.hasFailed) {
            _work.enqueue(record);
        }
    }
}

void LifecycleEngine::beginStart(ServiceRecord &record) noexcept {
    record.clockHook.unlink();
    record.state = ServiceState::STARTING;
    if (std::exchange(record.hasBegun, true)) {
        // Made where it stays: a copy would be made by wide loads, which have to wait for the narrow stores before them.
        ::new (&record.lifeBegan) PushMark(_queue.pushMark());
    }
    record.coroutines.reopen();
    record.isStartDone = false;
    record.failure.reset();
    try {
        Task<Expected<void, StartError>> task = record.start();
        if (task) {
            StartRoot::launch(*this, record, std::move(task));
        } else {
            record.isStartDone = true;
        }
    } catch (...) {
        record.fail(std::current_exception(), {}, {}, {});
        record.isStartDone = true;
    }
    if (record.isStartDone) {
        stepStarting(record);
    }
}

void LifecycleEngine::hasEnded(ServiceRecord &record, Outcome<Expected<void, StartError>> &&start) noexcept {
    if (start.error) {
        record.fail(start.error, {}, {}, {});
    }
    if (start.value && !start.value->has_value()) {
        record.fail(std::move(start.value->error()));
    }
    if (start.cancelled) {
        record.hasFailed = true;
    }
    record.isStartDone = true;
}

void LifecycleEngine::stepStarting(ServiceRecord &record) noexcept {
    if (!record.isStartDone) {
        if (record.mustLeave() && !record.coroutines.isCancelled()) {
            record.coroutines.cancel();
            watch(record, _descending);
        }
        return;
    }
    record.clockHook.unlink();
    if (!record.hasFailed) {
        return activate(record);
    }
    // Cancelled because it is to go is no failure of its own.
    if (record.mustLeave() && record.coroutines.isCancelled()) {
        record.hasFailed = false;
        record.failure.reset();
    } else {
        if (!record.failure) {
            record.fail(StartError{StartError::CANCELLED});
        }
        _log.startFailed(record);
    }
    abortStart(record);
}

/// Nothing was started, so nothing is stopped; but what start() spawned ends before its dependencies go.
void LifecycleEngine::abortStart(ServiceRecord &record) noexcept {
    record.state = ServiceState::STOPPING;
    record.descent = Descent::LATE_COROUTINES;
    _resolver.close(record);
    record.coroutines.cancel();
    descend(record);
}

void LifecycleEngine::activate(ServiceRecord &record) noexcept {
    record.state = ServiceState::INJECTING;
    _resolver.offer(record);
    record.state = ServiceState::ACTIVE;
    if (!_isQuitting || record.wish != Wish::REMOVED) {
        _table.moveToBack(record);
    }
    notifyWaiters(record);
    if (record.mustLeave()) {
        _work.enqueue(record);
    }
}

void LifecycleEngine::beginStop(ServiceRecord &record) noexcept {
    record.state = ServiceState::UNINJECTING;
    record.descent = Descent::DEPENDENTS;
    _resolver.close(record);
    _resolver.withdraw(record);
    descend(record);
}

/// Each pass goes as far down as nothing has to be waited for.
void LifecycleEngine::descend(ServiceRecord &record) noexcept {
    switch (record.descent) {
    case Descent::NONE: return;
    case Descent::DEPENDENTS:
        if (!record.dependents.isEmpty()) {
            return;
        }
        record.coroutines.cancel();
        record.descent = Descent::COROUTINES;
        [[fallthrough]];
    case Descent::COROUTINES:
        if (!record.coroutines.isEmpty()) {
            return watch(record, _descending);
        }
        record.state = ServiceState::STOPPING;
        record.descent = Descent::STOP;
        runStop(record);
        [[fallthrough]];
    case Descent::STOP:
        if (!record.isStopDone) {
            return watch(record, _descending);
        }
        record.coroutines.cancel();
        record.descent = Descent::LATE_COROUTINES;
        [[fallthrough]];
    case Descent::LATE_COROUTINES:
        if (!record.coroutines.isEmpty()) {
            return watch(record, _descending);
        }
        finishStop(record);
    }
}

void LifecycleEngine::runStop(ServiceRecord &record) noexcept {
    record.coroutines.reopen(); // stop() itself may wait
    record.isStopDone = false;
    try {
        callStop(record);
    } catch (std::bad_alloc const &) {
        // A coroutine for which there was no memory has not begun: with what was set aside for this it is called once more.
        _reserve.reset();
        callStopAgain(record);
        _reserve.reset(new (std::nothrow) std::byte[RESERVE_BYTES]);
    } catch (...) {
        stopThrew(record);
    }
}

void LifecycleEngine::callStop(ServiceRecord &record) {
    Task<void> task = record.stop();
    if (task) {
        StopRoot::launch(*this, record, std::move(task));
    } else {
        record.isStopDone = true;
    }
}

void LifecycleEngine::callStopAgain(ServiceRecord &record) noexcept {
    try {
        callStop(record);
    } catch (...) {
        stopThrew(record);
    }
}

void LifecycleEngine::stopThrew(ServiceRecord &record) noexcept {
    _log.callbackThrew(record, "stop", std::current_exception());
    record.isStopDone = true;
}

void LifecycleEngine::hasEnded(ServiceRecord &record, Outcome<void> const &stop) noexcept {
    if (stop.error) {
        _log.callbackThrew(record, "stop", stop.error);
    }
    record.isStopDone = true;
}

void LifecycleEngine::finishStop(ServiceRecord &record) noexcept {
    record.clockHook.unlink();
    record.isOverdue = false;
    _resolver.release(record);
    record.descent = Descent::NONE;
    record.mustStop = false;
    record.state = ServiceState::INSTALLED;
    notifyWaiters(record);
    if (record.wish != Wish::STOPPED && !record.hasFailed) {
        _work.enqueue(record);
    }
    if (record.wish == Wish::REMOVED) {
        _work.enqueue(record);
    }
}

void LifecycleEngine::uninstall(ServiceRecord &record) noexcept {
    if (!record.coroutines.isEmpty()) { // spawned before it was started
        record.coroutines.cancel();
        return watch(record, _descending);
    }
    record.clockHook.unlink();
    _resolver.close(record);
    _resolver.release(record);
    if (std::exchange(record.isAnnounced, false)) {
        _trackers.retract(record);
    }
    while (ServiceRecord *owned = record.ownedProviders.popFront()) {
        askToGo(*owned, Wish::REMOVED);
    }
    record.state = ServiceState::UNINSTALLED;
    notifyWaiters(record);
    _resolver.leave(record);
    _work.leave(record);
    _table.erase(record);
    RecordDeleter{}(&record);
}

void LifecycleEngine::quit() noexcept {
    if (_isQuitting) {
        return;
    }
    _isQuitting = true;
    _leftToAsk = _table.size();
    _hasWork = true;
}

/// The last one that became ACTIVE and has not been asked. Those asked stand in front and stay there, so that each turn reaches another
/// one.
void LifecycleEngine::askNextToQuit() noexcept {
    --_leftToAsk;
    if (_table.list().isEmpty()) {
        _leftToAsk = 0;
        return;
    }
    ServiceRecord &record = _table.list().back();
    _table.moveToFront(record);
    wish(record.id, Wish::REMOVED);
}

} // namespace Ichor::Detail
