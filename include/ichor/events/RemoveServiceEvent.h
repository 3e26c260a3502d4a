#pragma once

#include <ichor/events/Event.h>
#include <ichor/model/ServiceId.h>

namespace Ichor {

/// Stops and removes a service; the same as DependencyManager::removeService, from any thread.
struct RemoveServiceEvent final : EventOf<RemoveServiceEvent> {
    explicit RemoveServiceEvent(ServiceId id) noexcept : serviceId(id) {}

    ServiceId serviceId;
};

} // namespace Ichor
