#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view> // for std::hash, as <functional> would be, at half its cost
#include <utility>

namespace Ichor {

/// A number that names one thing of one kind; ids of different kinds do not mix. Zero names nothing.
template <class Tag>
struct StrongId {
    constexpr StrongId() noexcept = default;
    explicit constexpr StrongId(std::uint64_t id) noexcept : value(id) {}

    [[nodiscard]] constexpr bool isValid() const noexcept { return value != 0; }

    friend constexpr auto operator<=>(StrongId, StrongId) noexcept = default;

    template <class H>
    friend H AbslHashValue(H state, StrongId id) {
        return H::combine(std::move(state), id.value);
    }

    std::uint64_t value{0};
};

} // namespace Ichor

template <class Tag>
struct std::hash<Ichor::StrongId<Tag>> {
    std::size_t operator()(Ichor::StrongId<Tag> id) const noexcept { return std::hash<std::uint64_t>{}(id.value); }
};
