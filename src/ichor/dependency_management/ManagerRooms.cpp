#include "ManagerRooms.h"

#include <algorithm>
#include <atomic>
#include <ichor/dependency_management/CommunicationChannel.h>
#include <ichor/event_queues/IEventQueue.h>
#include <ichor/events/ContinueEvent.h>

namespace Ichor::Detail {

namespace {

constinit thread_local DependencyManager *currentManager = nullptr; // whose queue runs on this thread

ManagerId nextManagerId() noexcept {
    static constinit std::atomic<std::uint64_t> last{0};
    return ManagerId{last.fetch_add(1, std::memory_order_relaxed) + 1};
}

} // namespace

ManagerRooms::ManagerRooms(IEventQueue &queue) : _queue(queue), _id(nextManagerId()) { _rootScope.setObserver(this); }

/// After a whole run nothing is left. A queue that never ran, or ended by an exception, leaves services as they are: they are destroyed,
/// the last one first, without being stopped.
ManagerRooms::~ManagerRooms() {
    for (bool again = true; again;) {
        CommunicationChannel *channel = nullptr;
        {
            std::lock_guard const lock{_channelsMutex};
            again = !_channels.empty();
            if (again) {
                channel = _channels.back();
            }
        }
        if (channel != nullptr) {
            channel->removeManager(_manager);
        }
    }
    _rootScope.setObserver(nullptr);
    _rootScope.abandonAll();
    for (ServiceRecord &record : _table.list()) {
        record.coroutines.abandonAll();
    }
    while (!_table.list().isEmpty()) {
        ServiceRecord &record = _table.list().back();
        _resolver.leave(record);
        _work.leave(record);
        _table.erase(record);
        record.coroutines.abandonAll();
        RecordDeleter{}(&record);
    }
}

DependencyManager *ManagerRooms::current() noexcept { return IEventQueue::current() == nullptr ? nullptr : currentManager; }

void ManagerRooms::onStart() {
    currentManager = &_manager;
    _isWorkPending = true;
}

void ManagerRooms::process(Event &event) noexcept {
    if (event.descriptor().kind == EventKind::COROUTINE && _router.runUnwatched(event, _manager)) {
        return;
    }
    dispatch(event);
}

void ManagerRooms::dispatch(Event &event) noexcept {
    _router.dispatch(event, [this, &event] { return handle(event); });
}

/// What the manager itself does for an event. True: whoever pushed it knows how it ended.
bool ManagerRooms::handle(Event &event) noexcept {
    switch (event.type()) {
    case RunFunctionEvent::TYPE: return _router.runFunction(event, _manager);
    case RunFunctionEventAsync::TYPE: _router.runFunctionAsync(event, _manager); return true;
    case StartServiceEvent::TYPE: wish(event, static_cast<StartServiceEvent const &>(event).serviceId, Wish::STARTED); return false;
    case StopServiceEvent::TYPE: wish(event, static_cast<StopServiceEvent const &>(event).serviceId, Wish::STOPPED); return false;
    case RemoveServiceEvent::TYPE: wish(event, static_cast<RemoveServiceEvent const &>(event).serviceId, Wish::REMOVED); return false;
    case QuitEvent::TYPE: quit(); return false;
    case ContinueEvent::TYPE: static_cast<ContinueEvent &>(event).run(); return false;
    default: return false;
    }
}

/// That the service has gone meanwhile is no error: events are late by nature.
void ManagerRooms::wish(Event &, ServiceId id, Wish wish) noexcept { static_cast<void>(_engine.wish(id, wish)); }

void ManagerRooms::quit() noexcept {
    _engine.quit();
    _isWorkPending = true;
}

bool ManagerRooms::advance() noexcept {
    if (_engine.advance()) {
        return true;
    }
    if (_engine.isQuitting() && _table.size() == 0 && !_rootScope.isCancelled()) {
        cancelRoot();
    }
    return false;
}

void ManagerRooms::cancelRoot() noexcept {
    _rootScope.cancel();
    if (_rootScope.isEmpty()) {
        return;
    }
    if (_engine.isForced()) {
        return abandonRoot();
    }
    try {
        _queue.armTimer(_rootDeadline, _queue.now() + _engine.stopDeadline());
    } catch (...) {
        // Out of memory: they have all the time that they take, until a second signal.
    }
}

void ManagerRooms::abandonRoot() noexcept {
    if (_rootScope.isEmpty()) {
        return;
    }
    _hasRootExceededDeadline = true;
    _log.coroutinesOverdue(_rootScope.size());
    _rootScope.abandonAll();
    _isWorkPending = true;
}

void ManagerRooms::onQuit(unsigned signals) noexcept {
    if (signals >= 2) {
        _engine.quitNow();
        if (_rootScope.isCancelled()) {
            abandonRoot();
        }
    } else {
        _engine.quit();
    }
    _isWorkPending = true;
}

bool ManagerRooms::isFinished() const noexcept { return _engine.isQuitting() && _table.size() == 0 && _rootScope.isEmpty(); }

int ManagerRooms::exitStatus() const noexcept { return _engine.hasExceededDeadline() || _hasRootExceededDeadline ? 1 : 0; }

void ManagerRooms::onForeignException(std::exception_ptr error) noexcept {
    _log.callbackThrew("a function that the queue itself calls", error);
}

void ManagerRooms::onScopeEmpty(Scope &) noexcept { _isWorkPending = true; }

void ManagerRooms::joined(CommunicationChannel &channel) {
    std::lock_guard const lock{_channelsMutex};
    _channels.push_back(&channel);
}

void ManagerRooms::left(CommunicationChannel &channel) noexcept {
    std::lock_guard const lock{_channelsMutex};
    std::erase(_channels, &channel);
}

} // namespace Ichor::Detail
