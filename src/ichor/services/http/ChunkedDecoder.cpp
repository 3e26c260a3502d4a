#include "ChunkedDecoder.h"

#include "Characters.h"

#include <algorithm>
#include <cstring>

namespace Ichor::Detail {

namespace {

// More digits than any size needs; leading zeros count, so that they cannot go on for ever.
constexpr std::uint8_t MAXIMUM_SIZE_DIGITS = 16;

} // namespace

ChunkedDecoder::Progress ChunkedDecoder::decode(char const *in, std::size_t size, char *out, HttpLimits const &limits) noexcept {
    char const *at = in;
    char const *const end = in + size;
    char *to = out;
    while (at != end && _state != State::DONE) {
        if (_state == State::DATA) {
            auto const part = static_cast<std::size_t>(std::min<std::uint64_t>(_remaining, static_cast<std::uint64_t>(end - at)));
            if (to != at) std::memmove(to, at, part);
            at += part;
            to += part;
            _remaining -= part;
            if (_remaining == 0) _state = State::DATA_CR;
            continue;
        }
        Refusal const refusal = readFraming(*at, limits);
        if (refusal != Refusal::NONE) return {static_cast<std::size_t>(at - in), static_cast<std::size_t>(to - out), refusal, false};
        ++at;
    }
    return {static_cast<std::size_t>(at - in), static_cast<std::size_t>(to - out), Refusal::NONE, _state == State::DONE};
}

Refusal ChunkedDecoder::readFraming(char c, HttpLimits const &limits) noexcept {
    switch (_state) {
    case State::SIZE_FIRST:
    case State::SIZE: return readSize(c);
    case State::SIZE_LF: return c == '\n' ? sizeComplete(limits) : Refusal::LINE_END_MALFORMED;
    case State::DATA_CR: _state = State::DATA_LF; return c == '\r' ? Refusal::NONE : Refusal::CHUNK_END_MALFORMED;
    case State::DATA_LF: _state = State::SIZE_FIRST; return c == '\n' ? Refusal::NONE : Refusal::CHUNK_END_MALFORMED;
    case State::TRAILER_FIRST:
    case State::TRAILER_NAME:
    case State::TRAILER_VALUE:
    case State::TRAILER_LF:
        if (++_trailerBytes > limits.trailerBytes) return Refusal::TRAILER_TOO_LARGE;
        return readTrailer(c);
    case State::END_LF: _state = State::DONE; return c == '\n' ? Refusal::NONE : Refusal::LINE_END_MALFORMED;
    case State::DATA:
    case State::DONE: return Refusal::NONE;
    default:
        if (++_extensionBytes > limits.chunkExtensionBytes) return Refusal::CHUNK_EXTENSIONS_TOO_LARGE;
        return readExtension(c);
    }
}

Refusal ChunkedDecoder::readSize(char c) noexcept {
    if (isOf(c, HEX_DIGIT)) {
        if (_sizeDigits == MAXIMUM_SIZE_DIGITS || _remaining >> 59 != 0) return Refusal::CHUNK_SIZE_MALFORMED;
        ++_sizeDigits;
        _remaining = _remaining * 16 + hexValue(c);
        _state = State::SIZE;
        return Refusal::NONE;
    }
    if (_state == State::SIZE_FIRST) return Refusal::CHUNK_SIZE_MALFORMED;
    if (c == '\r') {
        _state = State::SIZE_LF;
    } else if (c == ';') {
        _state = State::EXTENSION_NAME_FIRST;
    } else {
        return Refusal::CHUNK_SIZE_MALFORMED;
    }
    return Refusal::NONE;
}

Refusal ChunkedDecoder::sizeComplete(HttpLimits const &limits) noexcept {
    _sizeDigits = 0;
    if (_remaining == 0) {
        _state = State::TRAILER_FIRST;
        return Refusal::NONE;
    }
    // Both are below 2^63, so the sum cannot wrap around.
    _total += _remaining;
    if (_total > limits.bodyBytes) return Refusal::BODY_TOO_LARGE;
    _state = State::DATA;
    return Refusal::NONE;
}

Refusal ChunkedDecoder::readExtension(char c) noexcept {
    switch (_state) {
    case State::EXTENSION_NAME_FIRST:
        if (!isOf(c, TOKEN)) return Refusal::CHUNK_EXTENSION_MALFORMED;
        _state = State::EXTENSION_NAME;
        return Refusal::NONE;
    case State::EXTENSION_NAME:
        if (isOf(c, TOKEN)) return Refusal::NONE;
        if (c != '=') return readExtensionEnd(c);
        _state = State::EXTENSION_VALUE_FIRST;
        return Refusal::NONE;
    case State::EXTENSION_VALUE_FIRST:
        if (c != '"' && !isOf(c, TOKEN)) return Refusal::CHUNK_EXTENSION_MALFORMED;
        _state = c == '"' ? State::EXTENSION_QUOTED : State::EXTENSION_VALUE;
        return Refusal::NONE;
    case State::EXTENSION_VALUE: return isOf(c, TOKEN) ? Refusal::NONE : readExtensionEnd(c);
    case State::EXTENSION_QUOTED:
        if (!isOf(c, FIELD_VALUE)) return Refusal::CHUNK_EXTENSION_MALFORMED;
        if (c == '"') _state = State::EXTENSION_END;
        if (c == '\\') _state = State::EXTENSION_QUOTED_PAIR;
        return Refusal::NONE;
    case State::EXTENSION_QUOTED_PAIR:
        if (!isOf(c, FIELD_VALUE)) return Refusal::CHUNK_EXTENSION_MALFORMED;
        _state = State::EXTENSION_QUOTED;
        return Refusal::NONE;
    default: return readExtensionEnd(c);
    }
}

Refusal ChunkedDecoder::readExtensionEnd(char c) noexcept {
    if (c == ';') {
        _state = State::EXTENSION_NAME_FIRST;
    } else if (c == '\r') {
        _state = State::SIZE_LF;
    } else {
        return Refusal::CHUNK_EXTENSION_MALFORMED;
    }
    return Refusal::NONE;
}

Refusal ChunkedDecoder::readTrailer(char c) noexcept {
    switch (_state) {
    case State::TRAILER_FIRST:
        if (c == '\r') {
            _state = State::END_LF;
            return Refusal::NONE;
        }
        _state = State::TRAILER_NAME;
        return isOf(c, TOKEN) ? Refusal::NONE : Refusal::TRAILER_MALFORMED;
    case State::TRAILER_NAME:
        if (c == ':') {
            _state = State::TRAILER_VALUE;
            return Refusal::NONE;
        }
        return isOf(c, TOKEN) ? Refusal::NONE : Refusal::TRAILER_MALFORMED;
    case State::TRAILER_VALUE:
        if (c == '\r') {
            _state = State::TRAILER_LF;
            return Refusal::NONE;
        }
        return isOf(c, FIELD_VALUE) ? Refusal::NONE : Refusal::TRAILER_MALFORMED;
    default: _state = State::TRAILER_FIRST; return c == '\n' ? Refusal::NONE : Refusal::TRAILER_MALFORMED;
    }
}

} // namespace Ichor::Detail
