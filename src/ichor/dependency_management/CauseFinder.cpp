#include "CauseFinder.h"

#include <algorithm>

namespace Ichor::Detail {

bool isWaiting(ServiceRecord const &record) noexcept {
    return record.state == ServiceState::INSTALLED && record.wish == Wish::STARTED && !record.hasFailed;
}

Cause CauseFinder::causeOf(ServiceRecord &record) {
    std::vector<ServiceRecord *> way;
    ServiceRecord *at = &record;
    while (_causes.try_emplace(at).second) {
        ServiceRecord *const further = next(*at);
        if (further == nullptr) {
            _causes[at] = Cause{at};
            break;
        }
        way.push_back(at);
        at = further;
    }
    if (_causes[at].end == nullptr) {
        closeCycle(way, *at);
    }
    Cause cause = _causes[at];
    for (auto it = way.rbegin(); it != way.rend(); ++it) {
        ++cause.steps;
        _causes[*it] = cause;
    }
    return _causes[&record];
}

/// The first provider of the first missing dependency.
ServiceRecord *CauseFinder::next(ServiceRecord &record) {
    if (!isWaiting(record)) {
        return nullptr;
    }
    for (DependencySlot &slot : record.slots()) {
        if (!slot.isSatisfied()) {
            Candidates const candidates = _candidates.find(slot);
            return candidates.size() == 0 ? nullptr : &candidates[0];
        }
    }
    return nullptr;
}

/// Takes those that the way went round off it.
void CauseFinder::closeCycle(std::vector<ServiceRecord *> &way, ServiceRecord &entry) {
    auto const first = std::find(way.begin(), way.end(), &entry);
    std::vector<ServiceRecord *> const &cycle = _cycles.emplace_back(first, way.end());
    for (std::size_t place = 0; place < cycle.size(); ++place) {
        _causes[cycle[place]] = Cause{cycle[place], cycle.size(), _cycles.size() - 1, place};
    }
    way.erase(first, way.end());
}

Cause CauseFinder::endAtFirstOf(std::span<ServiceRecord const *const> path, Cause cause) const {
    if (!cause.isCycle()) {
        return cause;
    }
    std::size_t const around = _cycles[cause.cycle].size();
    for (ServiceRecord const *record : path) {
        auto const known = _causes.find(record);
        if (known == _causes.end() || known->second.cycle != cause.cycle || known->second.end != record) {
            continue;
        }
        std::size_t const fromEntry = (known->second.place + around - cause.place) % around;
        return Cause{known->second.end, cause.steps - around + fromEntry, cause.cycle, known->second.place};
    }
    return cause;
}

} // namespace Ichor::Detail
