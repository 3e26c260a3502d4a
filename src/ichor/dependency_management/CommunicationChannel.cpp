#include <ichor/dependency_management/CommunicationChannel.h>

#include "ManagerRooms.h"
#include <algorithm>
#include <fmt/core.h>
#include <ichor/base/Contract.h>

namespace Ichor {

ManagerGone::ManagerGone(ManagerId id)
    : std::runtime_error(fmt::format("manager #{} is not in this channel, or ended before it ran the function", id.value)) {}

CommunicationChannel::~CommunicationChannel() {
    if (!_managers.empty()) {
        contractViolation("a CommunicationChannel was destroyed before a manager that had joined it");
    }
}

void CommunicationChannel::addManager(DependencyManager &manager) {
    std::lock_guard const lock{_mutex};
    if (!_queues.emplace(manager.getId(), &manager.getEventQueue()).second) {
        return;
    }
    try {
        _managers.push_back(&manager);
        Detail::ManagerRooms::of(manager).joined(*this);
    } catch (...) {
        std::erase(_managers, &manager);
        _queues.erase(manager.getId());
        throw;
    }
}

void CommunicationChannel::removeManager(DependencyManager &manager) noexcept {
    std::lock_guard const lock{_mutex};
    if (_queues.erase(manager.getId()) == 0) {
        return;
    }
    std::erase(_managers, &manager);
    Detail::ManagerRooms::of(manager).left(*this);
}

void CommunicationChannel::requireManager(char const *what) {
    if (DependencyManager::current() == nullptr) {
        contractViolation(fmt::format("{} is for coroutines of a manager", what));
    }
}

} // namespace Ichor
