#pragma once

#include <ichor/coroutines/IScopeOwner.h>

#include <type_traits>

namespace Ichor {

namespace Detail {

/// Objects of this thread and the scopes that they belong to. Made for a handful of objects; more take a hash map.
class ScopeTable {
public:
    constexpr ScopeTable() noexcept = default;

    /// Errors: std::bad_alloc
    void add(void const *object, Scope *scope);
    void remove(void const *object) noexcept;

    [[nodiscard]] Scope *find(void const *object) const noexcept {
        if (object == _object) return _scope;
        return _more == nullptr ? nullptr : findMore(object);
    }

private:
    struct Map;

    Scope *findMore(void const *object) const noexcept;

    // One object needs no map. Trivially destructible, so that a thread_local one costs nothing to reach: the last remove() frees it.
    void const *_object = nullptr;
    Scope *_scope = nullptr;
    Map *_more = nullptr;
};

} // namespace Detail

/// The scopes of objects that have no base to ask: who injects a plain class says here to which scope its member coroutines belong.
///
/// Threads:   each thread has its own
template <class T>
class PlainScopes {
public:
    static void add(T const *object, Scope *scope) { _table.add(object, scope); }
    static void remove(T const *object) noexcept { _table.remove(object); }
    [[nodiscard]] static Scope *find(T const *object) noexcept { return _table.find(object); }

private:
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
