#pragma once

#include <ichor/model/ServiceId.h>

namespace Ichor {

/// Says that a provider serves one requester only: `dm.createServiceManager<MyLogger, ILogger>(Properties{…}, OnlyFor{request.requester})`.
///
/// Lifetime: the provider is removed with its requester at the latest.
struct OnlyFor {
    ServiceId requester;
};

} // namespace Ichor
