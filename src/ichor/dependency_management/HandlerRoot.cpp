#include "HandlerRoot.h"

#include "EventRouter.h"
#include "ManagerLog.h"
#include "ManagerRooms.h"
#include <ichor/dependency_management/DependencyManager.h>
#include <ichor/event_queues/IEventQueue.h>

namespace Ichor::Detail {

void InFlightEvent::release() noexcept {
    if (--_users > 0) {
        return;
    }
    if (!_hasFailed) {
        _router.completed(*_event);
    }
    delete this;
}

void HandlerRoot::finished(Outcome<void> outcome) noexcept {
    if (!outcome.hasSucceeded()) {
        _flight.noteFailure();
        _flight.router().failed(_flight.event(), _handler, outcome.error);
    }
    _flight.release();
    delete this;
}

void SpawnedRoot::finished(Outcome<void> outcome) noexcept {
    if (!_onDone) {
        if (outcome.error) {
            _log.callbackThrew(_record, "a spawned coroutine", outcome.error);
        }
    } else {
        try {
            _onDone(std::move(outcome));
        } catch (...) {
            _log.callbackThrew(_record, "what was to hear the end of a coroutine", std::current_exception());
        }
    }
    delete this;
}

void spawnFor(IService &service, Task<void> task, UniqueFunction<void(Outcome<void>)> onDone) {
    ServiceRecord &record = ServiceRecord::of(service);
    auto *root = new SpawnedRoot(record, ManagerRooms::of(record.manager).log(), std::move(onDone));
    root->launch(std::move(task), &record.coroutines, record.manager.getEventQueue(), record.priority, record.id);
}

} // namespace Ichor::Detail
