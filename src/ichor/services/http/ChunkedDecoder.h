#pragma once

#include "Refusal.h"

#include <ichor/services/http/HttpLimits.h>

#include <cstddef>
#include <cstdint>

namespace Ichor::Detail {

/// Takes the chunked coding off a body, byte by byte, so that it can stop and go on anywhere. Trailer fields are checked and dropped.
///
/// Source: RFC 9112 section 7.1, without the optional whitespace that it only allows for the sake of old senders
class ChunkedDecoder {
public:
    struct Progress {
        std::size_t consumed;
        std::size_t produced;
        Refusal refusal;
        bool isComplete;
    };

    /// Reads as much as there is, up to the end of the body, and writes the bytes of the body to `out`, which may lie in front of `in`.
    [[nodiscard]] Progress decode(char const *in, std::size_t size, char *out, HttpLimits const &limits) noexcept;

    void clear() noexcept { *this = ChunkedDecoder{}; }

private:
    enum class State : std::uint8_t {
        SIZE_FIRST,
        SIZE,
        EXTENSION_NAME_FIRST,
        EXTENSION_NAME,
        EXTENSION_VALUE_FIRST,
        EXTENSION_VALUE,
        EXTENSION_QUOTED,
        EXTENSION_QUOTED_PAIR,
        EXTENSION_END,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER_FIRST,
        TRAILER_NAME,
        TRAILER_VALUE,
        TRAILER_LF,
        END_LF,
        DONE,
    };

    [[nodiscard]] Refusal readFraming(char c, HttpLimits const &limits) noexcept;
    [[nodiscard]] Refusal readSize(char c) noexcept;
    [[nodiscard]] Refusal readExtension(char c) noexcept;
    [[nodiscard]] Refusal readExtensionEnd(char c) noexcept;
    [[nodiscard]] Refusal readTrailer(char c) noexcept;
    [[nodiscard]] Refusal sizeComplete(HttpLimits const &limits) noexcept;

    std::uint64_t _remaining{0};      // of the chunk
    std::uint64_t _total{0};          // of all chunks announced so far
    std::uint32_t _extensionBytes{0}; // in all chunks
    std::uint32_t _trailerBytes{0};
    std::uint8_t _sizeDigits{0};
    State _state{State::SIZE_FIRST};
};

} // namespace Ichor::Detail
