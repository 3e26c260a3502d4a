#include <ichor/model/Properties.h>

#include <algorithm>

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

Properties::Properties(std::initializer_list<Entry> entries) {
    reserve(entries.size());
    for (Entry const &entry : entries) insert_or_assign(entry.first, entry.second);
}

void Properties::settle(Detail::IPieceMemory &memory) {
    if (empty()) return;
    decltype(_entries) settled{Detail::PieceAllocator<Entry>(memory)};
    settled.reserve(size());
    for (Entry &entry : _entries) settled.push_back(std::move(entry));
    _entries = std::move(settled);
}

Properties::const_iterator Properties::find(std::string_view key) const noexcept { return findIn(_entries, key); }

Properties::iterator Properties::find(std::string_view key) noexcept { return findIn(_entries, key); }

Any const &Properties::at(std::string_view key) const { return valueIn(_entries, key); }

Any &Properties::at(std::string_view key) { return valueIn(_entries, key); }

Any &Properties::operator[](std::string_view key) { return emplace(key, Any{}).first->second; }

std::pair<Properties::iterator, bool> Properties::emplace(std::string_view key, Any value) {
    auto const entry = find(key);
    if (entry != end()) return {entry, false};
    _entries.emplace_back(std::string(key), std::move(value));
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
    _entries.erase(entry);
    return 1;
}

} // namespace Ichor
