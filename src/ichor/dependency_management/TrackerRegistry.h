#pragma once

#include "InterfaceIndex.h"
#include "ServiceTable.h"
#include <ichor/dependency_management/Registration.h>

namespace Ichor::Detail {

class ManagerLog;

/// Tells dependency trackers who asks for what; none of what its own service asks for.
///
/// Threads: the manager's own
class TrackerRegistry final : public RegistrationTable {
public:
    TrackerRegistry(ServiceTable &table, InterfaceIndex &index, ManagerLog &log);
    ~TrackerRegistry();
    TrackerRegistry(TrackerRegistry const &) = delete;
    TrackerRegistry &operator=(TrackerRegistry const &) = delete;

    /// The tracker hears of each request already made, before this returns. Errors: std::bad_alloc, then nothing has changed
    DependencyTrackerRegistration add(InterfaceType const &type, TrackerThunk thunk, void *self, ServiceRecord &owner);
    void forget(std::uint64_t key) noexcept override;

    /// A service makes its requests, and isAnnounced from now on.
    void announce(ServiceRecord &requester) noexcept;
    /// It is being removed, and no longer isAnnounced.
    void retract(ServiceRecord &requester) noexcept;

private:
    using Call = void (*TrackerThunk::*)(void *self, AnyDependencyRequest const &request);

    void tellAll(ServiceRecord &requester, Call call, std::string_view name) noexcept;
    void tell(DependencySlot &slot, std::uint64_t before, Call call, std::string_view name) noexcept;
    void tellOne(Tracker const &tracker, DependencySlot &slot, Call call, std::string_view name) noexcept;
    void tellOfEarlierRequests(InterfaceEntry &entry, std::uint64_t key, ServiceId owner);
    void sweep(InterfaceEntry &entry) noexcept;

    ServiceTable &_table;
    InterfaceIndex &_index;
    ManagerLog &_log;
    UnorderedMap<std::uint64_t, InterfaceEntry *> _byKey;
    std::uint64_t _nextKey = 1;
    std::shared_ptr<RegistrationLink> _link;
};

} // namespace Ichor::Detail
