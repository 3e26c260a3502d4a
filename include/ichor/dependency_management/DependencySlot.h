#pragma once

#include <cstdint>
#include <ichor/base/IntrusiveList.h>
#include <ichor/dependency_management/InterfaceType.h>
#include <ichor/model/DependencyFlags.h>
#include <ichor/model/Properties.h>
#include <memory>

namespace Ichor {

class IService;

namespace Detail {

class ServiceRecord;
struct InterfaceEntry;
struct DependencySlot;

/// How a provider is given to a dependent and taken from it. A constructor-injected service has none: it is built from its edges.
struct Injection {
    void (*add)(void *self, void *object, IService &provider) = nullptr;
    void (*remove)(void *self, void *object, IService &provider) = nullptr;
};

/// One interface that one service provides.
struct ProvidedInterface {
    InterfaceType const *type = nullptr;
    InterfaceEntry *entry = nullptr; // set when the service is registered
    ServiceRecord *provider = nullptr;
    void *object = nullptr; // the implementation seen as the interface; nullptr while a constructor-injected one is not built
    ListHook allHook;       // in entry->providers, from registration to removal
    ListHook offerHook;     // in entry->offers or in the one requester's privateOffers, while it may be injected

    void describe(InterfaceType const &of, ServiceRecord &by, void *seenAs) noexcept {
        type = &of;
        provider = &by;
        object = seenAs;
    }
};

/// One provider in use by one slot. It stands in the slot's list and in the provider's list of dependents.
struct DependencyEdge {
    ProvidedInterface *provided = nullptr; // nullptr: this edge is free
    DependencySlot *slot = nullptr;
    void *object = nullptr; // what was injected: the provider's interface, or the requester's own instance of it
    bool isUsable = false;  // false from the moment that the provider is going
    ListHook slotHook;
    ListHook dependentHook;
};

/// One request of one service for one interface.
struct DependencySlot {
    InterfaceType const *type = nullptr;
    InterfaceEntry *entry = nullptr; // set when the service is registered
    ServiceRecord *dependent = nullptr;
    Injection const *injection = nullptr;
    void *self = nullptr; // the dependent, as `injection` wants it
    DependencyFlags flags = DependencyFlags::NONE;
    std::uint32_t usable = 0; // edges whose provider is not going
    std::unique_ptr<Properties> properties;
    IntrusiveList<DependencyEdge, &DependencyEdge::slotHook> edges;
    DependencyEdge first; // spares the allocation in the usual case of one provider
    ListHook requestHook; // in entry->requests, from registration to removal
    ListHook openHook;    // in entry->openSlots while another provider would be taken

    DependencySlot() = default;
    DependencySlot(DependencySlot const &) = delete;
    DependencySlot &operator=(DependencySlot const &) = delete;
    ~DependencySlot() {
        while (DependencyEdge *edge = edges.popFront()) {
            if (edge != &first) {
                delete edge;
            }
        }
    }

    [[nodiscard]] bool isRequired() const noexcept { return has(flags, DependencyFlags::REQUIRED); }
    [[nodiscard]] bool takesSeveral() const noexcept { return has(flags, DependencyFlags::ALLOW_MULTIPLE); }
    [[nodiscard]] bool isSatisfied() const noexcept { return usable > 0 || !isRequired(); }
};

} // namespace Detail

} // namespace Ichor
