#pragma once

#include <cstdint>
#include <ichor/base/TypeName.h>
#include <string_view>
#include <type_traits>

namespace Ichor {

/// What the manager knows of an interface: its hash, equal in every translation unit, and its name for people.
struct InterfaceType {
    std::uint64_t hash;
    std::string_view name;
};

namespace Detail {

template <typename I>
consteval InterfaceType describeInterface() {
    static_assert(std::is_class_v<I> && !std::is_const_v<I> && !std::is_volatile_v<I>,
                  "Ichor: an interface is named by its class alone, IFoo: without const, & or *");
    return {typeNameHash<I>(), typeName<I>()};
}

template <typename... Interfaces>
inline constexpr bool ARE_DISTINCT = true;
template <typename I, typename... Others>
inline constexpr bool ARE_DISTINCT<I, Others...> = !(std::is_same_v<I, Others> || ...) && ARE_DISTINCT<Others...>;

} // namespace Detail

template <typename I>
inline constexpr InterfaceType INTERFACE_TYPE = Detail::describeInterface<I>();

} // namespace Ichor
