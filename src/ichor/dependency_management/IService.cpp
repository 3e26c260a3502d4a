#include <ichor/dependency_management/IService.h>

#include "ManagerRooms.h"
#include <ichor/base/Contract.h>
#include <ichor/dependency_management/DependencyManager.h>
#include <ichor/dependency_management/ServiceRecord.h>
#include <utility>

namespace Ichor {

namespace {

/// Services count up within a process; what makes one unique among processes is random and drawn once.
ServiceGid gidOf(ServiceId id) noexcept {
    static ServiceGid const process = ServiceGid::generate();
    // Only the lowest bits change, so that it stays a UUID of version 4.
    return ServiceGid{process.high, process.low ^ (id.value & 0xFFFF'FFFF'FFFFULL)};
}

} // namespace

IService::IService() : _record(std::exchange(Detail::recordUnderConstruction, nullptr)) {
    if (_record == nullptr) {
        contractViolation("a service was constructed by hand: use DependencyManager::createServiceManager");
    }
}

ServiceId IService::getServiceId() const noexcept { return _record->id; }
ServiceGid IService::getServiceGid() const noexcept { return gidOf(_record->id); }
std::string_view IService::getServiceName() const noexcept { return _record->name; }
ServiceState IService::getServiceState() const noexcept { return _record->state; }
Priority IService::getServicePriority() const noexcept { return _record->priority; }
Properties const &IService::getProperties() const noexcept { return _record->properties; }
DependencyManager &IService::getManager() const noexcept { return _record->manager; }
IEventQueue &IService::getEventQueue() const noexcept { return _record->manager.getEventQueue(); }
Scope *IService::scope() noexcept { return &_record->coroutines; }

void IService::spawn(Task<void> task) {
    getManager().checkThread();
    Detail::spawnFor(*this, std::move(task), {});
}

} // namespace Ichor
