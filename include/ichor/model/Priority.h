#pragma once

#include <compare>
#include <cstdint>

namespace Ichor {

/// How soon something runs. Lower runs sooner.
struct Priority {
    constexpr Priority() noexcept = default;
    explicit constexpr Priority(std::uint64_t priority) noexcept : value(priority) {}

    friend constexpr auto operator<=>(Priority, Priority) noexcept = default;

    std::uint64_t value{1000};
};

inline constexpr Priority DEFAULT_PRIORITY{1000};

} // namespace Ichor
