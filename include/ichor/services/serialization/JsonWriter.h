#pragma once

#include <ichor/services/serialization/JsonType.h>

#include <cstdint>
#include <vector>

namespace Ichor::Detail {

/// The value as JSON, without spaces. Texts are taken to be UTF-8; infinite numbers and those that are none are written as null.
[[nodiscard]] std::vector<std::uint8_t> writeJson(JsonType const &type, void const *value);

} // namespace Ichor::Detail
