#pragma once

#include <cstddef>
#include <string_view>

namespace Ichor::Detail {

/// Where the text stops to be UTF-8; its size when it is UTF-8 throughout.
///
/// Source:    RFC 3629 section 4
[[nodiscard]] std::size_t findInvalidUtf8(std::string_view text) noexcept;

} // namespace Ichor::Detail
