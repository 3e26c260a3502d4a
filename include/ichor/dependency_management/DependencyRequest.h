#pragma once

#include <ichor/dependency_management/IService.h>
#include <ichor/model/DependencyFlags.h>
#include <ichor/model/Properties.h>
#include <ichor/model/ServiceId.h>

namespace Ichor {

/// What a dependency tracker hears: a service asks for an interface.
///
/// Lifetime: valid during the call
struct AnyDependencyRequest {
    ServiceId requester;
    IService &service; // who asks
    DependencyFlags flags;
    Properties const *properties; // of the request; nullptr: none. The requester's own: service.getProperties()
};

template <typename I>
struct DependencyRequest : AnyDependencyRequest {};

/// The service that asked is being removed.
template <typename I>
struct DependencyUndoRequest : AnyDependencyRequest {};

} // namespace Ichor
