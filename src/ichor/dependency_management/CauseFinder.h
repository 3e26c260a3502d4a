#pragma once

#include "CandidateFinder.h"
#include <cstddef>
#include <ichor/base/Containers.h>
#include <ichor/dependency_management/ServiceRecord.h>

namespace Ichor::Detail {

/// For a dependency, and neither failed nor told to stop.
[[nodiscard]] bool isWaiting(ServiceRecord const &record) noexcept;

/// Where the way ends that leads from a waiting service to the first provider of its first missing dependency, and so on.
struct Cause {
    ServiceRecord *end = nullptr; // the one that waits for nobody who is there, or where a cycle is entered
    std::size_t steps = 0;        // to the end; into a cycle also once around
    bool isCycle = false;
};

/// Follows services to what keeps them from starting. Each is gone through once, however many ways lead over it, and without recursion,
/// as a way may be 100,000 services long.
///
/// Threads:  the manager's own
/// Lifetime: for as long as no service goes
class CauseFinder final {
public:
    explicit CauseFinder(CandidateFinder &candidates) noexcept : _candidates(candidates) {}

    /// Errors: std::bad_alloc
    [[nodiscard]] Cause causeOf(ServiceRecord &record);

private:
    ServiceRecord *next(ServiceRecord &record);
    void closeCycle(std::vector<ServiceRecord *> &way, ServiceRecord &entry);

    CandidateFinder &_candidates;
    UnorderedMap<ServiceRecord const *, Cause> _causes; // an end of nullptr: on the way that is being gone
};

} // namespace Ichor::Detail
