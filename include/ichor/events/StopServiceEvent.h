#pragma once

#include <ichor/events/Event.h>
#include <ichor/model/ServiceId.h>

namespace Ichor {

/// Stops a service; the same as DependencyManager::stopService, from any thread.
struct StopServiceEvent final : EventOf<StopServiceEvent> {
    explicit StopServiceEvent(ServiceId id) noexcept : serviceId(id) {}

    ServiceId serviceId;
};

} // namespace Ichor
