#include "Utf8.h"

#include <cstdint>
#include <cstring>

namespace Ichor::Detail {

namespace {

std::size_t skipAscii(std::string_view text, std::size_t at) noexcept {
    constexpr std::uint64_t highBits = 0x8080808080808080ULL;
    for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data() + at, sizeof(eight));
        if ((eight & highBits) != 0) break;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
    return at;
}

/// How long the character is that begins with that byte, and within which bounds its second byte must lie.
struct Lead {
    std::size_t length;
    unsigned char least;
    unsigned char most;
};

Lead leadOf(unsigned char byte) noexcept {
    if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x80, 0xBF};
    if (byte == 0xE0) return {3, 0xA0, 0xBF}; // no longer than needed
    if (byte == 0xED) return {3, 0x80, 0x9F}; // no surrogates
    if (byte >= 0xE1 && byte <= 0xEF) return {3, 0x80, 0xBF};
    if (byte == 0xF0) return {4, 0x90, 0xBF}; // no longer than needed
    if (byte >= 0xF1 && byte <= 0xF3) return {4, 0x80, 0xBF};
    if (byte == 0xF4) return {4, 0x80, 0x8F}; // up to U+10FFFF
    return {0, 0, 0};
}

} // namespace

std::size_t findInvalidUtf8(std::string_view text) noexcept {
    auto const byteAt = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    std::size_t at = skipAscii(text, 0);
    while (at < text.size()) {
        Lead const lead = leadOf(byteAt(at));
        if (lead.length == 0 || text.size() - at < lead.length) return at;
        if (byteAt(at + 1) < lead.least || byteAt(at + 1) > lead.most) return at;
        for (std::size_t i = 2; i < lead.length; ++i) {
            if ((byteAt(at + i) & 0xC0) != 0x80) return at;
        }
        at = skipAscii(text, at + lead.length);
    }
    return at;
}

} // namespace Ichor::Detail
