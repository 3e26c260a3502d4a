#pragma once

#include "ServiceTable.h"
#include <ichor/base/Containers.h>
#include <ichor/dependency_management/Explanation.h>
#include <ichor/dependency_management/ServiceGraph.h>
#include <vector>

namespace Ichor::Detail {

/// Finds out why services are not ACTIVE, by following each missing dependency to those who would provide it.
///
/// Threads: the manager's own
class Explainer final {
public:
    explicit Explainer(ServiceTable const &table) noexcept : _table(table) {}

    [[nodiscard]] Explanation explain(ServiceId id);
    [[nodiscard]] Explanation explainAll();

private:
    // Deeper than a person reads, and no deeper than the stack allows; below that only the way to the cause is followed.
    static constexpr std::size_t MAX_DEPTH = 24;

    Explanation::Service describe(ServiceRecord &record);
    void describeWaiting(Explanation::Service &service, ServiceRecord &record);
    Explanation::Service describeCandidate(ServiceRecord &record);
    Explanation::Service followToCause(ServiceRecord &record);
    void nameCycle(Explanation::Service &service, ServiceRecord const &record) const;

    ServiceTable const &_table;
    std::vector<ServiceRecord const *> _path; // from the one asked about to the one looked at
    UnorderedSet<ServiceId> _seen;
};

[[nodiscard]] ServiceGraph drawGraph(ServiceTable const &table);

} // namespace Ichor::Detail
