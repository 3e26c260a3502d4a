// IEventQueue declares createManager() and knows nothing of what it makes: it is defined here, where a manager is known.

#include "ManagerRooms.h"
#include <ichor/event_queues/IEventQueue.h>

namespace Ichor {

DependencyManager &IEventQueue::createManager() {
    auto rooms = std::make_unique<Detail::ManagerRooms>(*this);
    DependencyManager &manager = rooms->manager();
    setProcessor(std::move(rooms));
    return manager;
}

} // namespace Ichor
