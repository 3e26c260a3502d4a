#pragma once

#include <ichor/services/http/HttpStatus.h>

#include <cstdint>
#include <string_view>

namespace Ichor::Detail {

/// Why a request is not let in. Each ends the connection, because where the next request would begin cannot be trusted.
enum class Refusal : std::uint8_t {
    NONE,
    METHOD_MALFORMED,
    METHOD_UNKNOWN,
    TARGET_MALFORMED,
    TARGET_TOO_LONG,
    TARGET_ESCAPES_ROOT,
    VERSION_MALFORMED,
    VERSION_UNSUPPORTED,
    LINE_END_MALFORMED,
    FIELD_NAME_MALFORMED,
    FIELD_VALUE_MALFORMED,
    FIELD_FOLDED,
    HEADER_TOO_LARGE,
    HOST_MISSING,
    HOST_REPEATED,
    HOST_MALFORMED,
    LENGTH_MISSING,
    LENGTH_MALFORMED,
    LENGTH_REPEATED,
    LENGTH_AND_CODING,
    CODING_MALFORMED,
    CODING_NOT_CHUNKED,
    CODING_IN_OLD_VERSION,
    CODING_UNKNOWN,
    EXPECTATION_UNKNOWN,
    BODY_TOO_LARGE,
    CHUNK_SIZE_MALFORMED,
    CHUNK_EXTENSION_MALFORMED,
    CHUNK_EXTENSIONS_TOO_LARGE,
    CHUNK_END_MALFORMED,
    TRAILER_MALFORMED,
    TRAILER_TOO_LARGE,
    TOO_SLOW,
};

[[nodiscard]] HttpStatus statusOf(Refusal refusal) noexcept;

/// One sentence for the body of the answer: what was wrong, never what was sent.
[[nodiscard]] std::string_view describe(Refusal refusal) noexcept;

} // namespace Ichor::Detail
