#pragma once

#include <compare>
#include <cstdint>

namespace Ichor {

/// How soon something runs. Lower runs sooner.
struct Priority {
    static constexpr std::uint32_t LAST = 0xffff'ffff;

    constexpr Priority() noexcept = default;

    /// Units:     from 0 to LAST; whatever is larger means LAST
    explicit constexpr Priority(std::uint64_t priority) noexcept : value(priority < LAST ? static_cast<std::uint32_t>(priority) : LAST) {}

    friend constexpr auto operator<=>(Priority, Priority) noexcept = default;

    std::uint32_t value{1000};
};

inline constexpr Priority DEFAULT_PRIORITY{1000};

} // namespace Ichor
