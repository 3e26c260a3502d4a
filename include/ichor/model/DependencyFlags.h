#pragma once

#include <cstdint>

namespace Ichor {

/// How a service depends on an interface. NONE is optional and single.
enum class DependencyFlags : std::uint8_t {
    NONE = 0,
    REQUIRED = 1,       // the service runs only while there is a provider
    ALLOW_MULTIPLE = 2, // it is given every provider, not just one
};

[[nodiscard]] constexpr DependencyFlags operator|(DependencyFlags a, DependencyFlags b) noexcept {
    return static_cast<DependencyFlags>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

[[nodiscard]] constexpr DependencyFlags operator&(DependencyFlags a, DependencyFlags b) noexcept {
    return static_cast<DependencyFlags>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}

/// True when all of the asked flags are set.
[[nodiscard]] constexpr bool has(DependencyFlags flags, DependencyFlags asked) noexcept { return (flags & asked) == asked; }

} // namespace Ichor
