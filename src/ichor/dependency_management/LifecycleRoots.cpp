#include "LifecycleRoots.h"

#include "LifecycleEngine.h"
#include "ManagerLog.h"
#include <ichor/dependency_management/DependencyManager.h>
#include <ichor/event_queues/IEventQueue.h>

namespace Ichor::Detail {

void StartRoot::launch(LifecycleEngine &engine, ServiceRecord &record, Task<Expected<void, StartError>> task) {
    auto *root = new StartRoot(engine, record);
    root->Root::launch(std::move(task), &record.coroutines, record.manager.getEventQueue(), record.priority, record.id);
}

void StartRoot::finished(Outcome<Expected<void, StartError>> outcome) noexcept {
    if (outcome.error) {
        _record.fail(outcome.error, {}, {}, {});
    }
    if (outcome.value && !outcome.value->has_value()) {
        _record.fail(std::move(outcome.value->error()));
    }
    if (outcome.cancelled) {
        _record.hasFailed = true;
    }
    _engine.startEnded(_record);
    delete this;
}

void StopRoot::launch(LifecycleEngine &engine, ServiceRecord &record, Task<void> task) {
    auto *root = new StopRoot(engine, record);
    root->Root::launch(std::move(task), &record.coroutines, record.manager.getEventQueue(), record.priority, record.id);
}

void StopRoot::finished(Outcome<void> outcome) noexcept {
    _engine.stopEnded(_record, outcome.error);
    delete this;
}

} // namespace Ichor::Detail
