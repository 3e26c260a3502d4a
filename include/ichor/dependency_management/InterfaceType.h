#pragma once

#include <cstdint>
#include <ichor/base/TypeName.h>
#include <string_view>

namespace Ichor {

/// What the manager knows of an interface: its hash, equal in every translation unit, and its name for people.
struct InterfaceType {
    std::uint64_t hash;
    std::string_view name;
};

template <typename I>
inline constexpr InterfaceType INTERFACE_TYPE{typeNameHash<I>(), typeName<I>()};

} // namespace Ichor
