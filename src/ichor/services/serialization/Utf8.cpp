#include "Utf8.h"

namespace Ichor::Detail {

namespace {

std::size_t skipAscii(std::string_view text, std::size_t at) noexcept {
    auto const blockAt = [text](std::size_t place) { return Block::at(text.data() + place); };
    constexpr std::size_t stride = 4 * Block::SIZE;
    while (at + Block::SIZE <= text.size()) {
        Block::Mask const others = blockAt(at).notAscii();
        if (others.any()) return at + others.first();
        at += Block::SIZE;
        for (; at + stride <= text.size(); at += stride) {
            Block const all = blockAt(at) | blockAt(at + Block::SIZE) | blockAt(at + 2 * Block::SIZE) | blockAt(at + 3 * Block::SIZE);
            if (all.notAscii().any()) break;
        }
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
