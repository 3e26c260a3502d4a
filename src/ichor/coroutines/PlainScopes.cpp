#include <ichor/coroutines/PlainScopes.h>

#include <new>
#include <utility>

namespace Ichor::Detail {

namespace {

constexpr std::size_t FEW = 4;
constexpr unsigned FIRST_BITS = 5;
constexpr unsigned BITS_A_STEP = 2;
constexpr std::size_t MOST_A_CHAIN = 2; // on average; with fewer, ten thousand services would need 200 KB more

} // namespace

void ScopeTable::add(PlainScope &entry) noexcept {
    if (_count >= (_chains == nullptr ? FEW : MOST_A_CHAIN << _bits)) grow();
    PlainScope *&chain = chainOf(entry.object);
    entry.next = chain;
    chain = &entry;
    ++_count;
}

void ScopeTable::remove(PlainScope &entry) noexcept {
    PlainScope **at = &chainOf(entry.object);
    while (*at != nullptr && *at != &entry) at = &(*at)->next;
    if (*at == nullptr) return;
    *at = std::exchange(entry.next, nullptr);
    if (--_count > 0) return;
    delete[] std::exchange(_chains, nullptr);
    _bits = 0;
}

void ScopeTable::grow() noexcept {
    unsigned const bits = _chains == nullptr ? FIRST_BITS : _bits + BITS_A_STEP;
    auto **const chains = new (std::nothrow) PlainScope *[std::size_t{1} << bits] {};
    if (chains == nullptr) return;
    std::size_t const oldSize = std::size_t{1} << _bits;
    PlainScope **const old = std::exchange(_chains, chains);
    PlainScope *const few = std::exchange(_few, nullptr);
    _bits = bits;
    for (std::size_t i = 0; i < oldSize; ++i) {
        for (PlainScope *entry = old == nullptr ? few : old[i]; entry != nullptr;) {
            PlainScope *const next = entry->next;
            PlainScope *&chain = chainOf(entry->object);
            entry->next = std::exchange(chain, entry);
            entry = next;
        }
    }
    delete[] old;
}

} // namespace Ichor::Detail
