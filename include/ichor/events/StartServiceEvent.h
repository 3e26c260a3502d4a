#pragma once

#include <ichor/events/Event.h>
#include <ichor/model/ServiceId.h>

namespace Ichor {

/// Starts a service; the same as DependencyManager::startService, from any thread.
struct StartServiceEvent final : EventOf<StartServiceEvent> {
    explicit StartServiceEvent(ServiceId id) noexcept : serviceId(id) {}

    ServiceId serviceId;
};

} // namespace Ichor
