#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace Ichor::Detail {

/// Sixteen bytes that are looked at in one go, by whatever vector instructions the processor has.
class Block final {
    using Bytes [[gnu::vector_size(16)]] = unsigned char;
    using Halves [[gnu::vector_size(16)]] = std::uint64_t;

public:
    static constexpr std::size_t SIZE = 16;

    /// Of which bytes something is true.
    class Mask final {
    public:
        [[nodiscard]] bool any() const noexcept { return (_bits[0] | _bits[PARTS - 1]) != 0; }

        /// The index of the first one; there must be one.
        [[nodiscard]] std::size_t first() const noexcept {
            if (PARTS == 1 || _bits[0] != 0) return firstOf(_bits[0]);
            return SIZE / PARTS + firstOf(_bits[PARTS - 1]);
        }

    private:
        friend class Block;

#if defined(__SSE2__)
        // Has an instruction that collects the highest bit of each byte.
        using Bits = unsigned;
        using Chars [[gnu::vector_size(16)]] = char;
        explicit Mask(Bytes highBits) noexcept : _bits{static_cast<Bits>(__builtin_ia32_pmovmskb128(reinterpret_cast<Chars>(highBits)))} {}
        static constexpr std::size_t PARTS = 1;
        static constexpr std::size_t BITS_A_BYTE = 1;
#else
        using Bits = std::uint64_t;
        explicit Mask(Bytes highBits) noexcept {
            Bytes const bytes = highBits & 0x80;
            std::memcpy(_bits, &bytes, SIZE);
        }
        static constexpr std::size_t PARTS = 2;
        static constexpr std::size_t BITS_A_BYTE = 8;
#endif

        static std::size_t firstOf(Bits bits) noexcept {
            constexpr bool isLowFirst = PARTS == 1 || std::endian::native == std::endian::little;
            return static_cast<std::size_t>(isLowFirst ? std::countr_zero(bits) : std::countl_zero(bits)) / BITS_A_BYTE;
        }

        Bits _bits[PARTS];
    };

    static Block at(char const *from) noexcept {
        Block block;
        std::memcpy(&block._bytes, from, SIZE);
        return block;
    }

    /// The same of 4 to 15 bytes, some of which then come twice.
    static Block ofShort(char const *from, std::size_t size) noexcept {
        if (size < sizeof(std::uint64_t)) {
            auto const [first, last] = endsOf<std::uint32_t>(from, size);
            std::uint64_t const both = first | std::uint64_t{last} << 32;
            return Block(Halves{both, both});
        }
        auto const [first, last] = endsOf<std::uint64_t>(from, size);
        return Block(Halves{first, last});
    }

    [[nodiscard]] Block operator|(Block const &other) const noexcept { return Block(reinterpret_cast<Halves>(_bytes | other._bytes)); }

    void copyTo(char *to) const noexcept { std::memcpy(to, &_bytes, SIZE); }

    /// Bytes of characters that are longer than a byte.
    [[nodiscard]] Mask notAscii() const noexcept { return Mask(_bytes); }

    /// Bytes that a text of JSON cannot hold as they are: quotes, backslashes and control characters.
    [[nodiscard]] Mask special() const noexcept {
        static_assert(('"' ^ 2) == ' '); // so a quote comes next to the control characters, and what else would does not
        return Mask(reinterpret_cast<Bytes>(((_bytes ^ TWO._bytes) <= SPACE._bytes) | (_bytes == BACKSLASH._bytes)));
    }

private:
    template <class Word>
    struct Ends {
        Word first;
        Word last;
    };

    template <class Word>
    static Ends<Word> endsOf(char const *from, std::size_t size) noexcept {
        Ends<Word> ends{};
        std::memcpy(&ends.first, from, sizeof(Word));
        std::memcpy(&ends.last, from + size - sizeof(Word), sizeof(Word));
        return ends;
    }

    // Where the compiler does not see them, which would rather make each of them of three instructions than load it by one.
    static Block const TWO;
    static Block const SPACE;
    static Block const BACKSLASH;

    constexpr Block() noexcept = default;
    constexpr explicit Block(unsigned char c) noexcept : _bytes{c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c} {}
    explicit Block(Halves halves) noexcept : _bytes(reinterpret_cast<Bytes>(halves)) {}

    Bytes _bytes;
};

/// A block of the same byte throughout.
inline void fillBlock(char *to, char with) noexcept { std::memset(to, with, Block::SIZE); }

/// Copies up to 15 bytes without a call.
inline void copyShort(char *to, char const *from, std::size_t size) noexcept {
    auto const copyEnds = [=](auto first) {
        auto last = first;
        std::memcpy(&first, from, sizeof(first));
        std::memcpy(&last, from + size - sizeof(last), sizeof(last));
        std::memcpy(to, &first, sizeof(first));
        std::memcpy(to + size - sizeof(last), &last, sizeof(last));
    };
    if (size >= sizeof(std::uint64_t)) return copyEnds(std::uint64_t{});
    if (size >= sizeof(std::uint32_t)) return copyEnds(std::uint32_t{});
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
}

/// Whether two texts are the same: without a call where they are as short as names mostly are.
[[nodiscard]] inline bool isSame(std::string_view one, std::string_view other) noexcept {
    std::size_t const size = one.size();
    if (size != other.size()) return false;
    auto const haveSameEnds = [&]<class Word>(Word) {
        Word ends[4];
        std::memcpy(&ends[0], one.data(), sizeof(Word));
        std::memcpy(&ends[1], other.data(), sizeof(Word));
        std::memcpy(&ends[2], one.data() + size - sizeof(Word), sizeof(Word));
        std::memcpy(&ends[3], other.data() + size - sizeof(Word), sizeof(Word));
        return ((ends[0] ^ ends[1]) | (ends[2] ^ ends[3])) == 0;
    };
    if (size > 2 * sizeof(std::uint64_t)) return std::memcmp(one.data(), other.data(), size) == 0;
    if (size >= sizeof(std::uint64_t)) return haveSameEnds(std::uint64_t{});
    if (size >= sizeof(std::uint32_t)) return haveSameEnds(std::uint32_t{});
    if (size >= sizeof(std::uint16_t)) return haveSameEnds(std::uint16_t{});
    return size == 0 || one[0] == other[0];
}

} // namespace Ichor::Detail
