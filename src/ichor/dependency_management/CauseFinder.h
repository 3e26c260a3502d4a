#pragma once

#include "CandidateFinder.h"
#include <cstddef>
#include <ichor/base/Containers.h>
#include <ichor/dependency_management/ServiceRecord.h>
#include <limits>
#include <span>
#include <vector>

namespace Ichor::Detail {

/// For a dependency, and neither failed nor told to stop.
[[nodiscard]] bool isWaiting(ServiceRecord const &record) noexcept;

/// Where the way ends that leads from a waiting service to the first provider of its first missing dependency, and so on.
struct Cause {
    ServiceRecord *end = nullptr; // the one that waits for nobody who is there, or where a cycle is entered
    std::size_t steps = 0;        // to the end; into a cycle also once around
    std::size_t cycle = NO_CYCLE; // which one
    std::size_t place = 0;        // of the end on it

    static constexpr std::size_t NO_CYCLE = std::numeric_limits<std::size_t>::max();
    [[nodiscard]] bool isCycle() const noexcept { return cycle != NO_CYCLE; }
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

    /// A way into a cycle, as seen by who came over these services: when some of them are on the cycle, it ends at the first of them.
    [[nodiscard]] Cause endAtFirstOf(std::span<ServiceRecord const *const> path, Cause cause) const;

    /// The services along a cycle, each one waiting for the next, and the last one for the first.
    [[nodiscard]] std::span<ServiceRecord *const> cycleOf(Cause const &cause) const noexcept { return _cycles[cause.cycle]; }

private:
    ServiceRecord *next(ServiceRecord &record);
    void closeCycle(std::vector<ServiceRecord *> &way, ServiceRecord &entry);

    CandidateFinder &_candidates;
    UnorderedMap<ServiceRecord const *, Cause> _causes; // an end of nullptr: on the way that is being gone
    std::vector<std::vector<ServiceRecord *>> _cycles;
};

} // namespace Ichor::Detail
