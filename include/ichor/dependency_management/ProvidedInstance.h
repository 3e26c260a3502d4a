#pragma once

#include <array>
#include <concepts>
#include <ichor/dependency_management/IService.h>
#include <ichor/dependency_management/PerRequester.h>
#include <memory>

namespace Ichor::Detail {

/// The interface that a provider gives to `requester`.
template <typename I, typename Impl>
void *instanceOf(Impl &impl, [[maybe_unused]] IService &requester) {
    if constexpr (std::derived_from<Impl, PerRequester<I>>) {
        return std::addressof(static_cast<PerRequester<I> &>(impl).instanceFor(requester));
    } else {
        return static_cast<I *>(std::addressof(impl));
    }
}

template <typename I, typename Impl>
void releaseInstanceOf([[maybe_unused]] Impl &impl, [[maybe_unused]] IService &requester) noexcept {
    if constexpr (std::derived_from<Impl, PerRequester<I>>) {
        static_cast<PerRequester<I> &>(impl).releaseFor(requester);
    }
}

/// Whether it hands out instances of its own by any of these interfaces.
template <typename Impl, typename... Interfaces>
inline constexpr bool IS_PER_REQUESTER = (std::derived_from<Impl, PerRequester<Interfaces>> || ...);

/// Calls the function that belongs to the index-th interface.
template <typename Impl, typename... Interfaces>
struct InstanceTable {
    static constexpr std::size_t COUNT = sizeof...(Interfaces);
    using Get = void *(*)(Impl &, IService &);
    using Release = void (*)(Impl &, IService &) noexcept;
    static constexpr std::array<Get, COUNT> GET{&instanceOf<Interfaces, Impl>...};
    static constexpr std::array<Release, COUNT> RELEASE{&releaseInstanceOf<Interfaces, Impl>...};
};

} // namespace Ichor::Detail
