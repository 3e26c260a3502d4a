#pragma once

#include "Block.h"

#include <cstddef>
#include <cstring>
#include <string_view>

namespace Ichor::Detail {

/// Where the text stops to be UTF-8; its size when it is UTF-8 throughout.
///
/// Source:    RFC 3629 section 4
[[nodiscard]] std::size_t findInvalidUtf8(std::string_view text) noexcept;

/// The same, and copies the text to where there is room for it.
[[nodiscard]] inline std::size_t copyUtf8(std::string_view text, char *to) noexcept {
    char const *from = text.data();
    std::size_t rest = text.size();
    for (; rest >= Block::SIZE; rest -= Block::SIZE, from += Block::SIZE, to += Block::SIZE) {
        Block const block = Block::at(from);
        if (block.notAscii().any()) break;
        block.copyTo(to);
    }
    if (rest == 0) return text.size();
    if (rest < Block::SIZE && text.size() >= Block::SIZE) [[likely]] {
        Block const last = Block::at(from + rest - Block::SIZE); // some bytes of it have been copied already
        if (!last.notAscii().any()) [[likely]] {
            last.copyTo(to + rest - Block::SIZE);
            return text.size();
        }
    } else if (rest >= 4 && rest < Block::SIZE && !Block::ofShort(from, rest).notAscii().any()) {
        copyShort(to, from, rest);
        return text.size();
    }
    std::memcpy(to, from, rest);
    return text.size() - rest + findInvalidUtf8({from, rest});
}

} // namespace Ichor::Detail
