#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace Ichor {

/// The request methods of RFC 9110 section 9 and PATCH of RFC 5789.
enum class HttpMethod : std::uint8_t { get, head, post, put, delete_, connect, options, trace, patch };

inline constexpr std::size_t HTTP_METHOD_COUNT = 9;

/// The name on the wire: "GET".
[[nodiscard]] std::string_view toString(HttpMethod method) noexcept;

/// The method of that name; nothing for any other. Names are case-sensitive.
[[nodiscard]] std::optional<HttpMethod> parseHttpMethod(std::string_view name) noexcept;

} // namespace Ichor
