#include "TrackerRegistry.h"

#include "ManagerLog.h"
#include <algorithm>

namespace Ichor::Detail {

TrackerRegistry::TrackerRegistry(ServiceTable &table, InterfaceIndex &index, ManagerLog &log)
    : _table(table), _index(index), _log(log), _link(std::make_shared<RegistrationLink>(RegistrationLink{this})) {}

TrackerRegistry::~TrackerRegistry() { _link->table = nullptr; }

DependencyTrackerRegistration TrackerRegistry::add(InterfaceType const &type, TrackerThunk thunk, void *self, ServiceRecord &owner) {
    InterfaceEntry &entry = _index.of(type);
    std::uint64_t const key = _nextKey++;
    _byKey.emplace(key, &entry);
    try {
        entry.trackers.push_back({key, thunk, self, owner.id});
    } catch (...) {
        _byKey.erase(key);
        throw;
    }
    DependencyTrackerRegistration registration{_link, key};
    tellOfEarlierRequests(entry, key, owner.id);
    return registration;
}

void TrackerRegistry::tellOfEarlierRequests(InterfaceEntry &entry, std::uint64_t key, ServiceId owner) {
    // What the tracker does may add requests; those announce themselves.
    std::vector<ServiceId> requesters;
    for (DependencySlot &slot : entry.requests) {
        ServiceRecord const &dependent = *slot.dependent;
        if (dependent.isAnnounced && dependent.id != owner && (requesters.empty() || requesters.back() != dependent.id)) {
            requesters.push_back(dependent.id);
        }
    }
    for (ServiceId const id : requesters) {
        ServiceRecord *requester = _table.find(id);
        if (requester == nullptr) {
            continue;
        }
        for (DependencySlot &slot : requester->slots()) {
            if (slot.entry != &entry) {
                continue;
            }
            auto const tracker =
                std::find_if(entry.trackers.begin(), entry.trackers.end(), [key](Tracker const &t) { return t.key == key; });
            if (tracker == entry.trackers.end()) {
                return;
            }
            Tracker const copy = *tracker; // the callee may add trackers, which moves them
            tellOne(copy, slot, &TrackerThunk::request, "handleDependencyRequest");
        }
    }
}

void TrackerRegistry::forget(std::uint64_t key) noexcept {
    auto const found = _byKey.find(key);
    if (found == _byKey.end()) {
        return;
    }
    InterfaceEntry &entry = *found->second;
    _byKey.erase(found);
    for (Tracker &tracker : entry.trackers) {
        if (tracker.key == key) {
            tracker.key = 0;
        }
    }
    sweep(entry);
}

void TrackerRegistry::announce(ServiceRecord &requester) noexcept { tellAll(requester, &TrackerThunk::request, "handleDependencyRequest"); }

void TrackerRegistry::retract(ServiceRecord &requester) noexcept { tellAll(requester, &TrackerThunk::undo, "handleDependencyUndoRequest"); }

/// A tracker that is added meanwhile, of whichever interface, has heard of this requester when it registered, or need not hear of it.
void TrackerRegistry::tellAll(ServiceRecord &requester, Call call, std::string_view name) noexcept {
    std::uint64_t const before = _nextKey;
    for (DependencySlot &slot : requester.slots()) {
        tell(slot, before, call, name);
    }
}

void TrackerRegistry::tell(DependencySlot &slot, std::uint64_t before, Call call, std::string_view name) noexcept {
    InterfaceEntry &entry = *slot.entry;
    ++entry.trackersInUse;
    for (std::size_t i = 0; i < entry.trackers.size() && entry.trackers[i].key < before; ++i) {
        Tracker const tracker = entry.trackers[i];
        if (tracker.key != 0 && tracker.owner != slot.dependent->id) {
            tellOne(tracker, slot, call, name);
        }
    }
    --entry.trackersInUse;
    sweep(entry);
}

void TrackerRegistry::tellOne(Tracker const &tracker, DependencySlot &slot, Call call, std::string_view name) noexcept {
    AnyDependencyRequest const request{slot.dependent->id, slot.dependent->service(), slot.flags, slot.properties.get()};
    try {
        (tracker.thunk.*call)(tracker.self, request);
    } catch (...) {
        std::exception_ptr const error = std::current_exception();
        ServiceRecord const *owner = _table.find(tracker.owner);
        if (owner != nullptr) {
            _log.callbackThrew(*owner, name, error);
        }
    }
}

void TrackerRegistry::sweep(InterfaceEntry &entry) noexcept {
    if (entry.trackersInUse > 0) {
        return;
    }
    std::erase_if(entry.trackers, [](Tracker const &tracker) { return tracker.key == 0; });
}

} // namespace Ichor::Detail
