#include "InterfaceIndex.h"

namespace Ichor::Detail {

InterfaceEntry &InterfaceIndex::of(InterfaceType const &type) {
    if (InterfaceEntry *known = find(type)) {
        return *known;
    }
    auto made = std::make_unique<InterfaceEntry>(type);
    return *_entries.emplace(type.hash, std::move(made)).first->second;
}

InterfaceEntry *InterfaceIndex::find(InterfaceType const &type) const noexcept {
    auto const found = _entries.find(type.hash);
    return found == _entries.end() ? nullptr : found->second.get();
}

} // namespace Ichor::Detail
