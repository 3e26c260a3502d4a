#pragma once

#include <ichor/Config.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#if ICHOR_USE_ABSEIL
#include <ichor/base/Contract.h>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>

#include <memory>
#include <new>
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

#if ICHOR_USE_ABSEIL

/// A table of abseil's that gets no memory to grow is left in pieces, which its destructor then crashes on. So the program ends there,
/// and says why.
template <class T>
struct TableAllocator {
    using value_type = T;

    TableAllocator() noexcept = default;
    template <class U>
    TableAllocator(TableAllocator<U> const &) noexcept {}

    [[nodiscard]] T *allocate(std::size_t count) noexcept {
        try {
            return std::allocator<T>{}.allocate(count);
        } catch (std::bad_alloc const &) {
            contractViolation("memory is out, which a table of abseil's cannot survive: build with ICHOR_USE_ABSEIL=OFF where a program "
                              "has to go on");
        }
    }
    void deallocate(T *at, std::size_t count) noexcept { std::allocator<T>{}.deallocate(at, count); }

    friend bool operator==(TableAllocator const &, TableAllocator const &) noexcept { return true; }
};

#endif

} // namespace Detail

/// A hash map, the standard's or abseil's as the build was configured. Count on what both promise: inserting may move the elements,
/// and erasing leaves the others where they are.
///
/// Errors:    std::bad_alloc; abseil's ends the program instead
template <class K, class V, class Hash = typename Detail::KeyTraits<K>::Hash, class Equal = typename Detail::KeyTraits<K>::Equal>
#if ICHOR_USE_ABSEIL
using UnorderedMap = absl::flat_hash_map<K, V, Hash, Equal, Detail::TableAllocator<std::pair<K const, V>>>;
#else
using UnorderedMap = std::unordered_map<K, V, Hash, Equal>;
#endif

/// A hash set; the same holds as for UnorderedMap.
template <class K, class Hash = typename Detail::KeyTraits<K>::Hash, class Equal = typename Detail::KeyTraits<K>::Equal>
#if ICHOR_USE_ABSEIL
using UnorderedSet = absl::flat_hash_set<K, Hash, Equal, Detail::TableAllocator<K>>;
#else
using UnorderedSet = std::unordered_set<K, Hash, Equal>;
#endif

} // namespace Ichor
