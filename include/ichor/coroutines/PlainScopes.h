#pragma once

#include <ichor/coroutines/IScopeOwner.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace Ichor {

namespace Detail {

/// One object and the scope that it belongs to. Lies with the object, so that a table of a million takes no memory for each.
struct PlainScope {
    void const *object = nullptr;
    Scope *scope = nullptr;
    PlainScope *next = nullptr; // the table's
};

/// Objects of this thread and the scopes that they belong to: a list while they are few, else a hash table with chains. When memory is
/// out, the chains grow longer instead of the table.
class ScopeTable {
public:
    constexpr ScopeTable() noexcept = default;

    /// The entry stays where it is until it is removed.
    void add(PlainScope &entry) noexcept;
    void remove(PlainScope &entry) noexcept;

    [[nodiscard]] Scope *find(void const *object) const noexcept {
        for (PlainScope const *entry = _chains == nullptr ? _few : _chains[indexOf(object)]; entry != nullptr; entry = entry->next) {
            if (entry->object == object) return entry->scope;
        }
        return nullptr;
    }

private:
    /// Neighbours in memory are neighbours here, so that a million which come and go in order do not miss the cache each time. The regions
    /// that they lie in are strewn by Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): objects at one and the same place
    /// of many regions do not meet in one chain.
    [[nodiscard]] std::size_t indexOf(void const *object) const noexcept {
        constexpr unsigned NEIGHBOUR_BITS = 9; // about the size of a service's record
        constexpr unsigned REGION_BITS = 21;   // a huge page
        std::uint64_t const address = reinterpret_cast<std::uintptr_t>(object);
        std::uint64_t const region = ((address >> REGION_BITS) * std::uint64_t{0x9e3779b97f4a7c15}) >> (64 - _bits);
        return static_cast<std::size_t>((region + (address >> NEIGHBOUR_BITS)) & ((std::uint64_t{1} << _bits) - 1));
    }
    [[nodiscard]] PlainScope *&chainOf(void const *object) noexcept { return _chains == nullptr ? _few : _chains[indexOf(object)]; }
    void grow() noexcept;

    // Trivially destructible, so that a thread_local one costs nothing to reach: the last remove() frees the chains.
    PlainScope *_few = nullptr;
    PlainScope **_chains = nullptr;
    std::size_t _count = 0;
    unsigned _bits = 0; // log2 of how many chains there are
};

// Also of what is only declared, and so not known to be either.
template <class T, class = void>
inline constexpr bool IS_POLYMORPHIC = false;
template <class T>
inline constexpr bool IS_POLYMORPHIC<T, std::void_t<decltype(sizeof(T))>> = std::is_polymorphic_v<T>;
template <class T, class = void>
inline constexpr bool MAY_BE_PART_OF_ANOTHER = false; // and tells of which
template <class T>
inline constexpr bool MAY_BE_PART_OF_ANOTHER<T, std::void_t<decltype(sizeof(T))>> = std::is_polymorphic_v<T> && !std::is_final_v<T>;

} // namespace Detail

/// The scopes of objects that cannot be asked for it: who injects a class says here to which scope its member coroutines belong, and those
/// of its bases. A base is known by the whole object, so it has to have virtual functions, as the object's class then has too.
///
/// Threads:   each thread has its own
template <class T>
class PlainScopes {
public:
    static void add(Detail::PlainScope &entry) noexcept { table().add(entry); }
    static void remove(Detail::PlainScope &entry) noexcept { table().remove(entry); }
    [[nodiscard]] static Scope *find(T const *object) noexcept {
        if constexpr (Detail::MAY_BE_PART_OF_ANOTHER<T>) {
            return table().find(dynamic_cast<void const *>(object));
        } else {
            return table().find(object);
        }
    }

private:
    template <class>
    friend class PlainScopes;

    [[nodiscard]] static Detail::ScopeTable &table() noexcept {
        if constexpr (Detail::IS_POLYMORPHIC<T>) {
            return PlainScopes<void>::_table;
        } else {
            return _table;
        }
    }

    inline static constinit thread_local Detail::ScopeTable _table{};
};

namespace Detail {

/// The scope of a coroutine whose first argument this is: of its object, when it is a member function.
template <class Self>
[[nodiscard]] Scope *scopeOf(Self &self) noexcept {
    using T = std::remove_cv_t<Self>;
    if constexpr (!std::is_class_v<T>) {
        return nullptr;
    } else if constexpr (std::is_convertible_v<T *, IScopeOwner *>) {
        return static_cast<IScopeOwner &>(const_cast<T &>(self)).scope();
    } else {
        return PlainScopes<T>::find(&const_cast<T &>(self));
    }
}

} // namespace Detail

} // namespace Ichor
