#pragma once

#include <string>
#include <string_view>

namespace Ichor::Detail {

/// A string as JSON writes it, quotes included (RFC 8259 section 7).
[[nodiscard]] std::string jsonText(std::string_view text);

} // namespace Ichor::Detail
