#include <ichor/dependency_management/DependencyManager.h>

#include "Explainer.h"
#include "ManagerRooms.h"
#include <ichor/base/Contract.h>
#include <ichor/event_queues/IEventQueue.h>

namespace Ichor {

ManagerId DependencyManager::getId() const noexcept { return _rooms.id(); }
IEventQueue &DependencyManager::getEventQueue() const noexcept { return _rooms.queue(); }
DependencyManager *DependencyManager::current() noexcept { return Detail::ManagerRooms::current(); }

namespace {

/// Whether another thread than this one runs that queue.
bool isElsewhere(IEventQueue const &queue) noexcept { return queue.isRunning() && !queue.isOwnThread(); }

} // namespace

bool DependencyManager::startService(ServiceId id) {
    checkThread();
    return _rooms.engine().wish(id, Detail::Wish::STARTED);
}

bool DependencyManager::stopService(ServiceId id) {
    checkThread();
    return _rooms.engine().wish(id, Detail::Wish::STOPPED);
}

bool DependencyManager::removeService(ServiceId id) {
    checkThread();
    return _rooms.engine().wish(id, Detail::Wish::REMOVED);
}

StartedWait DependencyManager::waitForStarted(ServiceId id) {
    checkThread();
    return {*this, id};
}

StoppedWait DependencyManager::waitForStopped(ServiceId id) {
    checkThread();
    return {*this, id};
}

Detail::ServiceRecord *DependencyManager::findRecord(ServiceId id) const noexcept { return _rooms.table().find(id); }

IService *DependencyManager::getIService(ServiceId id) noexcept {
    checkThread();
    Detail::ServiceRecord *record = findRecord(id);
    return record == nullptr ? nullptr : &record->service();
}

std::size_t DependencyManager::getServiceCount() const noexcept {
    checkThread();
    return _rooms.table().size();
}

std::vector<std::pair<ServiceId, IService *>> DependencyManager::getServiceInfo() {
    std::vector<std::pair<ServiceId, IService *>> all;
    all.reserve(getServiceCount());
    for (Detail::ServiceRecord *record : _rooms.table().sortedById()) {
        all.emplace_back(record->id, &record->service());
    }
    return all;
}

void *DependencyManager::findInterface(ServiceId id, InterfaceType const &type) noexcept {
    checkThread();
    Detail::ServiceRecord *record = findRecord(id);
    if (record == nullptr) {
        return nullptr;
    }
    for (Detail::ProvidedInterface &provided : record->provided()) {
        if (provided.type->hash == type.hash) {
            return provided.object;
        }
    }
    return nullptr;
}

void DependencyManager::collectInterfaces(InterfaceType const &type, Providers which, void (*take)(void *into, void *object), void *into) {
    checkThread();
    Detail::InterfaceEntry *entry = _rooms.index().find(type);
    if (entry == nullptr) {
        return;
    }
    for (Detail::ProvidedInterface &provided : entry->providers) {
        bool const isStarted = provided.provider->state == ServiceState::ACTIVE;
        if (provided.object != nullptr && (isStarted || which == Providers::ALL)) {
            take(into, provided.object);
        }
    }
}

EventHandlerRegistration DependencyManager::addHandler(std::uint64_t type, Detail::HandlerThunk thunk, void *self, IService &service) {
    checkThread();
    return _rooms.router().addHandler(type, thunk, self, service.getServiceId());
}

EventInterceptorRegistration DependencyManager::addInterceptor(std::uint64_t type, Detail::InterceptorThunk thunk, void *self,
                                                               IService &service) {
    checkThread();
    return _rooms.router().addInterceptor(type, thunk, self, service.getServiceId());
}

EventCompletionHandlerRegistration DependencyManager::addCompletion(std::uint64_t type, Detail::CompletionThunk thunk, void *self,
                                                                    IService &service) {
    checkThread();
    return _rooms.router().addCompletion(type, thunk, self, service.getServiceId());
}

DependencyTrackerRegistration DependencyManager::addTracker(InterfaceType const &type, Detail::TrackerThunk thunk, void *self,
                                                            IService &service) {
    checkThread();
    return _rooms.trackers().add(type, thunk, self, Detail::ServiceRecord::of(service));
}

ServiceHandle DependencyManager::add(Detail::OwnedRecord record, OnlyFor onlyFor) {
    return ServiceHandle{_rooms.engine().add(std::move(record), onlyFor).service()};
}

Explanation DependencyManager::explain(ServiceId id) const {
    checkThread();
    return Detail::Explainer{_rooms.table()}.explain(id);
}

Explanation DependencyManager::explain() const {
    checkThread();
    return Detail::Explainer{_rooms.table()}.explainAll();
}

ServiceGraph DependencyManager::graph() const {
    checkThread();
    return Detail::drawGraph(_rooms.table());
}

void DependencyManager::setStopDeadline(Duration deadline) noexcept {
    checkThread();
    _rooms.engine().setStopDeadline(deadline);
}

void DependencyManager::setWaitingReport(Duration after) noexcept {
    checkThread();
    _rooms.engine().setWaitingReport(after);
}

void DependencyManager::quit() noexcept {
    if (isElsewhere(_rooms.queue())) { // ending is what any thread may ask for
        return _rooms.queue().quit();
    }
    _rooms.quit();
}

void DependencyManager::checkThread() const noexcept {
    if (isElsewhere(_rooms.queue())) {
        contractViolation("a DependencyManager or a service of it was used from another thread than its queue's: push an event, or use a "
                          "CommunicationChannel");
    }
}

} // namespace Ichor
