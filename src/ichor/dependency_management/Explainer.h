#pragma once

#include "CandidateFinder.h"
#include "CauseFinder.h"
#include "ServiceTable.h"
#include <cstdint>
#include <ichor/base/Containers.h>
#include <ichor/dependency_management/Explanation.h>
#include <ichor/dependency_management/ServiceGraph.h>
#include <vector>

namespace Ichor::Detail {

/// Finds out why services are not ACTIVE, by following each missing dependency to those who would provide it.
///
/// What it tells grows with the number of services, not with that of the ways through them: a tree ends at a depth and at a size, and
/// names who tells the rest.
///
/// Threads:  the manager's own
/// Lifetime: for as long as no service goes; better one for many questions than one for each
class Explainer final {
public:
    explicit Explainer(ServiceTable const &table) noexcept : _table(table) {}

    [[nodiscard]] Explanation explain(ServiceId id);
    [[nodiscard]] Explanation explainAll();

private:
    // Deeper than a person reads, and no deeper than the stack allows; below that only the way to the cause is followed.
    static constexpr std::size_t MAX_DEPTH = 24;
    static constexpr std::size_t MAX_CANDIDATES = 10; // listed of one dependency
    static constexpr std::size_t MAX_TREE = 1'000;    // services in one tree; when it is full, only the ways to the causes are followed
    // Services in all trees from which on none shows again what an earlier one did. With fewer, each tree can be read alone.
    static constexpr std::size_t MAX_TOLD_TWICE = 10'000;

    /// What is told of the candidates of a service: why they do not provide, or no more than that they wait as well.
    enum class Below : std::uint8_t { TOLD, NAMED };

    Explanation::Service tell(ServiceRecord &record);
    Explanation::Service head(ServiceRecord const &record);
    Explanation::Service describe(ServiceRecord &record, Below below);
    void describeWaiting(Explanation::Service &service, ServiceRecord &record, Below below);
    Explanation::Missing describeMissing(DependencySlot &slot, Below below);
    Explanation::Service describeCandidate(ServiceRecord &record, Below below);
    Explanation::Service nameWaiting(ServiceRecord const &record);
    Explanation::Service followToCause(ServiceRecord &record);
    Explanation::Service describeEnd(Cause const &cause);
    void nameCycleOnPath(Explanation::Service &service, ServiceRecord const &record) const;
    void nameCycle(Explanation::Service &service, Cause const &cause);
    [[nodiscard]] bool isShown(ServiceRecord const &record) const;

    ServiceTable const &_table;
    CandidateFinder _candidates;
    CauseFinder _causes{_candidates};
    std::vector<ServiceRecord const *> _path; // from the one asked about to the one looked at
    UnorderedSet<ServiceId> _seen;
    UnorderedSet<std::size_t> _namedCycles; // of those that are longer than a tree is deep, or begin below it
    std::size_t _inTree = 0;
    std::size_t _told = 0; // in all trees
};

[[nodiscard]] ServiceGraph drawGraph(ServiceTable const &table);

} // namespace Ichor::Detail
