#pragma once

#include <ichor/Config.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#if ICHOR_USE_ABSEIL
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>
#else
#include <unordered_map>
#include <unordered_set>
#endif

namespace Ichor {

/// Hashes texts of every kind alike, so that a table of std::string is searched with a std::string_view without a copy.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

namespace Detail {

template <class K>
struct KeyTraits {
#if ICHOR_USE_ABSEIL
    using Hash = absl::Hash<K>;
#else
    using Hash = std::hash<K>;
#endif
    using Equal = std::equal_to<K>;
};

template <>
struct KeyTraits<std::string> {
    using Hash = TextHash;
    using Equal = std::equal_to<>;
};

} // namespace Detail

/// A hash map, the standard's or abseil's as the build was configured. Count on what both promise: inserting may move the elements,
/// and erasing leaves the others where they are.
template <class K, class V, class Hash = typename Detail::KeyTraits<K>::Hash, class Equal = typename Detail::KeyTraits<K>::Equal>
#if ICHOR_USE_ABSEIL
using UnorderedMap = absl::flat_hash_map<K, V, Hash, Equal>;
#else
using UnorderedMap = std::unordered_map<K, V, Hash, Equal>;
#endif

/// A hash set; the same holds as for UnorderedMap.
template <class K, class Hash = typename Detail::KeyTraits<K>::Hash, class Equal = typename Detail::KeyTraits<K>::Equal>
#if ICHOR_USE_ABSEIL
using UnorderedSet = absl::flat_hash_set<K, Hash, Equal>;
#else
using UnorderedSet = std::unordered_set<K, Hash, Equal>;
#endif

} // namespace Ichor
