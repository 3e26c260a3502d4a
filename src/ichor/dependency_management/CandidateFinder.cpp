#include "CandidateFinder.h"

namespace Ichor::Detail {

Candidates CandidateFinder::find(DependencySlot &slot) {
    Candidates candidates;
    for (ServiceRecord &owned : slot.dependent->ownedProviders) {
        for (ProvidedInterface &provided : owned.provided()) {
            if (provided.entry == slot.entry) {
                candidates.own.push_back(&owned);
            }
        }
    }
    candidates.anybodys = anybodysOf(*slot.entry);
    return candidates;
}

std::span<ServiceRecord *const> CandidateFinder::anybodysOf(InterfaceEntry &entry) {
    auto const known = _anybodys.find(&entry);
    if (known != _anybodys.end()) {
        return known->second;
    }
    std::vector<ServiceRecord *> found;
    for (ProvidedInterface &provided : entry.providers) {
        if (!provided.provider->onlyFor.isValid()) {
            found.push_back(provided.provider);
        }
    }
    return _anybodys.emplace(&entry, std::move(found)).first->second;
}

} // namespace Ichor::Detail
