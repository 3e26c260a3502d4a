#pragma once

#include "RequestMessage.h"
#include "Route.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace Ichor::Detail {

/// What a look-up found.
struct RouteMatch {
    enum class Kind : std::uint8_t { FOUND, NOT_FOUND, METHOD_NOT_ALLOWED };

    Kind kind{Kind::NOT_FOUND};
    std::uint8_t valueCount{0};
    std::uint16_t allowed{0}; // a bit for each method that the path has; HEAD where there is GET, OPTIONS always
    Route *route{nullptr};
    std::array<TextRange, MAXIMUM_ROUTE_PARAMETERS> values; // in the path, in the order of the route's names

    [[nodiscard]] std::string_view value(std::string_view path, std::string_view name) const noexcept;
};

[[nodiscard]] constexpr std::uint16_t bitOf(HttpMethod method) noexcept {
    return static_cast<std::uint16_t>(1u << static_cast<unsigned>(method));
}

} // namespace Ichor::Detail
