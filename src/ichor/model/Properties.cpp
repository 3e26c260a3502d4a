#include <ichor/model/Properties.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <type_traits>

namespace Ichor {

namespace {

template <class Entries>
auto findIn(Entries &entries, std::string_view key) noexcept {
    return std::find_if(entries.begin(), entries.end(), [key](auto const &entry) { return entry.first == key; });
}

template <class Entries>
auto &valueIn(Entries &entries, std::string_view key) {
    auto const entry = findIn(entries, key);
    if (entry == entries.end()) throw std::out_of_range(std::string("there is no property \"").append(key).append("\""));
    return entry->second;
}

} // namespace

Properties::Properties(std::initializer_list<Entry> entries) : Properties() {
    reserve(entries.size());
    for (Entry const &entry : entries) insert_or_assign(entry.first, entry.second);
}

// Both delegate, so that what there is so far is destroyed when a copy throws.
Properties::Properties(Properties const &other) : Properties() {
    reserve(other.size());
    for (Entry const &entry : other) {
        std::construct_at(end(), entry);
        ++_size;
    }
}

void Properties::settle(Detail::IPieceMemory &memory) {
    if (!empty()) moveTo(Detail::PieceAllocator<Entry>(memory), size());
}

void Properties::moveTo(Detail::PieceAllocator<Entry> allocator, std::size_t capacity) {
    static_assert(std::is_nothrow_move_constructible_v<Entry>);
    if (capacity > std::numeric_limits<std::uint32_t>::max()) throw std::length_error("too many properties");
    Entry *const fresh = allocator.allocate(capacity);
    std::uninitialized_move(begin(), end(), fresh);
    giveBack();
    _entries = fresh;
    _capacity = static_cast<std::uint32_t>(capacity);
    _allocator = allocator;
}

void Properties::destroyAll() noexcept {
    std::destroy(begin(), end());
    _allocator.deallocate(_entries, _capacity);
}

Properties::const_iterator Properties::find(std::string_view key) const noexcept { return findIn(*this, key); }

Properties::iterator Properties::find(std::string_view key) noexcept { return findIn(*this, key); }

Any const &Properties::at(std::string_view key) const { return valueIn(*this, key); }

Any &Properties::at(std::string_view key) { return valueIn(*this, key); }

Any &Properties::operator[](std::string_view key) { return emplace(key, Any{}).first->second; }

std::pair<Properties::iterator, bool> Properties::emplace(std::string_view key, Any value) {
    auto const entry = find(key);
    if (entry != end()) return {entry, false};
    std::string name(key); // which may be part of what moves
    if (_size == _capacity) moveTo(_allocator, std::max<std::size_t>(1, 2 * size()));
    std::construct_at(end(), std::move(name), std::move(value));
    ++_size;
    return {end() - 1, true};
}

std::pair<Properties::iterator, bool> Properties::insert_or_assign(std::string_view key, Any value) {
    auto const entry = find(key);
    if (entry == end()) return emplace(key, std::move(value));
    entry->second = std::move(value);
    return {entry, false};
}

std::size_t Properties::erase(std::string_view key) noexcept {
    auto const entry = find(key);
    if (entry == end()) return 0;
    std::move(entry + 1, end(), entry);
    std::destroy_at(end() - 1);
    --_size;
    return 1;
}

} // namespace Ichor
