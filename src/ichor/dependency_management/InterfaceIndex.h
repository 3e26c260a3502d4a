#pragma once

#include <ichor/base/Containers.h>
#include <ichor/dependency_management/DependencySlot.h>
#include <ichor/dependency_management/EventThunks.h>
#include <ichor/dependency_management/InterfaceType.h>
#include <memory>
#include <vector>

namespace Ichor::Detail {

/// A service that is told of each request for an interface.
struct Tracker {
    std::uint64_t key = 0; // 0: forgotten, to be swept
    TrackerThunk thunk;
    void *self = nullptr;
    ServiceId owner{};
};

/// All that concerns one interface. Finding who to wire costs nothing more than the wires made.
struct InterfaceEntry {
    explicit InterfaceEntry(InterfaceType const &of) noexcept : type(of) {}

    InterfaceType type;
    IntrusiveList<ProvidedInterface, &ProvidedInterface::allHook> providers; // registered
    IntrusiveList<ProvidedInterface, &ProvidedInterface::offerHook> offers;  // of these, the ones that may be injected into anybody
    IntrusiveList<DependencySlot, &DependencySlot::requestHook> requests;    // registered
    IntrusiveList<DependencySlot, &DependencySlot::openHook> openSlots;      // of these, the ones that would take another provider
    std::vector<Tracker> trackers;
    unsigned trackersInUse = 0; // loops that run over `trackers`: it is swept only at 0
};

/// From an interface to its providers, its requests and its trackers.
///
/// Threads: the manager's own
class InterfaceIndex final {
public:
    InterfaceIndex() = default;
    InterfaceIndex(InterfaceIndex const &) = delete;
    InterfaceIndex &operator=(InterfaceIndex const &) = delete;

    /// The entry of an interface, made when it is asked for first. Errors: std::bad_alloc, then nothing has changed
    [[nodiscard]] InterfaceEntry &of(InterfaceType const &type);
    /// nullptr when nobody ever named that interface.
    [[nodiscard]] InterfaceEntry *find(InterfaceType const &type) const noexcept;

private:
    UnorderedMap<std::uint64_t, std::unique_ptr<InterfaceEntry>> _entries;
};

} // namespace Ichor::Detail
