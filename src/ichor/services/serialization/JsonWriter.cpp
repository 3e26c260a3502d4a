#include <ichor/services/serialization/JsonWriter.h>

#include "Block.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace Ichor::Detail {

namespace {

constexpr std::size_t LONGEST_ESCAPE = 6;

// Two quotes, the byte that is left, and what whole blocks write behind the last letter.
constexpr std::size_t TEXT_MARGIN = 3 + Block::SIZE;
static_assert(SCALAR_ROOM >= TEXT_MARGIN);

// Per byte: 0 = stands for itself | 'u' = written as \u00xx | else the letter behind the backslash
constexpr std::array<char, 256> ESCAPES = [] {
    std::array<char, 256> escapes{};
    for (std::size_t c = 0; c < 0x20; ++c) escapes[c] = 'u';
    escapes['"'] = '"';
    escapes['\\'] = '\\';
    escapes['\b'] = 'b';
    escapes['\f'] = 'f';
    escapes['\n'] = 'n';
    escapes['\r'] = 'r';
    escapes['\t'] = 't';
    return escapes;
}();

char *putEscaped(char *to, char c, char escape) noexcept {
    constexpr std::string_view digits = "0123456789abcdef";
    auto const byte = static_cast<unsigned char>(c);
    *to++ = '\\';
    *to++ = escape;
    if (escape != 'u') return to;
    *to++ = '0';
    *to++ = '0';
    *to++ = digits[byte >> 4];
    *to++ = digits[byte & 0xf];
    return to;
}

// Where there is room for each of them as an escape.
char *putLetters(char *to, char const *from, char const *end) noexcept {
    for (; from != end; ++from) {
        char const escape = ESCAPES[static_cast<unsigned char>(*from)];
        if (escape == 0) [[likely]] {
            *to++ = *from;
        } else {
            to = putEscaped(to, *from, escape);
        }
    }
    return to;
}

// The last letters, which fill no block.
[[gnu::noinline]] char *putRest(JsonText &json, char *to, char const *from, char const *end) {
    to = json.room(to, LONGEST_ESCAPE * static_cast<std::size_t>(end - from) + 2);
    to = putLetters(to, from, end);
    *to = '"';
    return to + 1;
}

[[gnu::noinline]] char *putBlocks(JsonText &json, char *to, char const *from, char const *end) {
    for (; static_cast<std::size_t>(end - from) >= Block::SIZE; from += Block::SIZE) {
        Block const block = Block::at(from);
        block.copyTo(to);
        Block::Mask const special = block.special();
        if (!special.any()) [[likely]] {
            to += Block::SIZE;
            continue;
        }
        std::size_t const plain = special.first();
        to = json.room(to + plain, LONGEST_ESCAPE * Block::SIZE + static_cast<std::size_t>(end - from) + TEXT_MARGIN);
        to = putLetters(to, from + plain, from + Block::SIZE);
    }
    return putRest(json, to, from, end);
}

template <class T>
char *putNumber(char *to, T value) noexcept {
    return std::to_chars(to, to + SCALAR_ROOM, value).ptr;
}

template <class T>
char *putFinite(char *to, T value) noexcept {
    if (!std::isfinite(value)) return putWord(to, std::array{'n', 'u', 'l', 'l'});
    return putNumber(to, value); // the shortest text that reads back as the same number
}

} // namespace

char *putInteger(char *to, std::uint64_t value) noexcept { return putNumber(to, value); }
char *putInteger(char *to, std::int64_t value) noexcept { return putNumber(to, value); }
char *putReal(char *to, double value) noexcept { return putFinite(to, value); }
char *putReal(char *to, float value) noexcept { return putFinite(to, value); }

char *putText(JsonText &json, char *to, std::string_view utf8) {
    char const *const from = utf8.data();
    std::size_t const size = utf8.size();
    *to++ = '"';
    if (size >= Block::SIZE) return putBlocks(json, to, from, from + size);
    if (size < 4 || Block::ofShort(from, size).special().any()) return putRest(json, to, from, from + size);
    copyShort(to, from, size);
    to[size] = '"';
    return to + size + 1;
}

char *JsonText::grown(char *at, std::size_t count) {
    auto const used = static_cast<std::size_t>(at - _begin);
    std::size_t const capacity = std::max(used + count, 2 * static_cast<std::size_t>(_limit - _begin));
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    std::memcpy(larger.get(), _begin, used);
    _heap = std::move(larger);
    _begin = _heap.get();
    _limit = _begin + capacity;
    return _begin + used;
}

} // namespace Ichor::Detail
