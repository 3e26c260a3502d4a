#pragma once

#include <ichor/base/StrongId.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace Ichor {

/// Names a service within this process; never used twice.
using ServiceId = StrongId<struct ServiceIdTag>;

/// Names a service among all processes and machines: a random UUID (version 4).
struct ServiceGid {
    /// A new one.
    ///
    /// Threads:   any
    [[nodiscard]] static ServiceGid generate() noexcept;

    [[nodiscard]] constexpr bool isValid() const noexcept { return high != 0 || low != 0; }

    friend constexpr auto operator<=>(ServiceGid const &, ServiceGid const &) noexcept = default;

    template <class H>
    friend H AbslHashValue(H state, ServiceGid const &id) {
        return H::combine(std::move(state), id.high, id.low);
    }

    std::uint64_t high{0};
    std::uint64_t low{0};
};

/// Like `123e4567-e89b-42d3-a456-426614174000`.
[[nodiscard]] std::string toString(ServiceGid const &id);

} // namespace Ichor

template <>
struct std::hash<Ichor::ServiceGid> {
    std::size_t operator()(Ichor::ServiceGid const &id) const noexcept {
        return std::hash<std::uint64_t>{}(id.high ^ (id.low * 0x9e3779b97f4a7c15ULL));
    }
};
