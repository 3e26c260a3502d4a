#pragma once

#include "Characters.h"

#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace Ichor::Detail {

// Heads of requests are looked at sixteen bytes at a time where the processor can: nothing else costs as much in a short request.

#if defined(__SSE2__)

/// Sixteen bytes, each compared with the same.
class CharacterBlock {
public:
    static constexpr std::ptrdiff_t SIZE = 16;

    explicit CharacterBlock(char const *at) noexcept : _bytes(_mm_loadu_si128(reinterpret_cast<__m128i const *>(at))) {}

    /// How many bytes come before the first control character (a tab is one here); SIZE: there is none.
    [[nodiscard]] unsigned sizeBeforeControl() const noexcept {
        __m128i const below = _mm_cmpeq_epi8(_mm_min_epu8(_bytes, _mm_set1_epi8(0x1f)), _bytes);
        return sizeBefore(_mm_or_si128(below, _mm_cmpeq_epi8(_bytes, _mm_set1_epi8(0x7f))));
    }

    /// How many letters, digits and dashes come first.
    [[nodiscard]] unsigned sizeOfPlainName() const noexcept {
        __m128i const letters = areWithin(_mm_or_si128(_bytes, _mm_set1_epi8(0x20)), 'a', 'z');
        __m128i const dashes = _mm_cmpeq_epi8(_bytes, _mm_set1_epi8('-'));
        __m128i const plain = _mm_or_si128(_mm_or_si128(letters, dashes), areWithin(_bytes, '0', '9'));
        return sizeBefore(_mm_cmpeq_epi8(plain, _mm_setzero_si128()));
    }

private:
    static __m128i areWithin(__m128i bytes, char first, char last) noexcept {
        __m128i const distance = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
        return _mm_cmpeq_epi8(_mm_min_epu8(distance, _mm_set1_epi8(static_cast<char>(last - first))), distance);
    }
    static unsigned sizeBefore(__m128i found) noexcept {
        return static_cast<unsigned>(std::countr_zero(static_cast<unsigned>(_mm_movemask_epi8(found)) | 0x10000U));
    }

    __m128i _bytes;
};

#else

/// One byte after the other, where there is nothing better.
class CharacterBlock {
public:
    static constexpr std::ptrdiff_t SIZE = 16;

    explicit CharacterBlock(char const *at) noexcept : _at(at) {}

    [[nodiscard]] unsigned sizeBeforeControl() const noexcept {
        return sizeWhile([](char c) { return !isControl(c); });
    }
    [[nodiscard]] unsigned sizeOfPlainName() const noexcept {
        return sizeWhile([](char c) { return isDigit(c) || c == '-' || (lowerCase(c) >= 'a' && lowerCase(c) <= 'z'); });
    }

private:
    template <class F>
    [[nodiscard]] unsigned sizeWhile(F is) const noexcept {
        unsigned size = 0;
        while (size < SIZE && is(_at[size])) ++size;
        return size;
    }

    char const *_at;
};

#endif

/// The first byte that is a control character (a tab is one here), or the end.
inline char const *findControl(char const *at, char const *end) noexcept {
    for (; end - at >= CharacterBlock::SIZE; at += CharacterBlock::SIZE) {
        unsigned const size = CharacterBlock(at).sizeBeforeControl();
        if (size != CharacterBlock::SIZE) return at + size;
    }
    while (at != end && !isControl(*at)) ++at;
    return at;
}

/// The first byte that no token has in it, or the end.
inline char const *findTokenEnd(char const *at, char const *end) noexcept {
    for (; end - at >= CharacterBlock::SIZE; at += CharacterBlock::SIZE) {
        unsigned const size = CharacterBlock(at).sizeOfPlainName();
        if (size == CharacterBlock::SIZE) continue;
        at += size;
        break; // mostly the end; the rarer characters of a token are looked up
    }
    while (at != end && isOf(*at, TOKEN)) ++at;
    return at;
}

/// Whether a token is that name, which is written here in small letters and dashes.
template <std::size_t N>
[[nodiscard]] bool isNamed(std::string_view token, char const (&name)[N]) noexcept {
    if (token.size() != N - 1) return false;
    unsigned difference = 0;
    // Of what a token may hold, only a letter becomes that small letter; only a dash becomes a dash.
    for (std::size_t i = 0; i < N - 1; ++i) difference |= static_cast<unsigned char>((token[i] | 0x20) ^ name[i]);
    return difference == 0;
}

} // namespace Ichor::Detail
