#pragma once

#include <string_view>

namespace Ichor::Detail {

/// The name of a type as people write it: without Ichor's own namespace and without the marks of anonymous ones.
[[nodiscard]] std::string_view displayName(std::string_view typeName) noexcept;

} // namespace Ichor::Detail
