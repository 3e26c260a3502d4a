#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace Ichor {

/// Bytes to be read, whatever they come as: a text, or a span or vector of std::uint8_t.
///
/// Lifetime:  views what it was made of
class ByteView final {
public:
    constexpr ByteView() noexcept = default;

    template <class Text>
    requires(!std::same_as<std::remove_cvref_t<Text>, ByteView> &&
             std::convertible_to<Text const &, std::string_view>) constexpr ByteView(Text const &text) noexcept
        : _bytes(text) {}

    template <class Bytes>
    requires(!std::convertible_to<Bytes const &, std::string_view> && std::convertible_to<Bytes const &, std::span<std::uint8_t const>>)
        ByteView(Bytes const &bytes)
    noexcept : ByteView(std::span<std::uint8_t const>(bytes)) {}

    ByteView(std::span<std::uint8_t const> bytes) noexcept : _bytes(reinterpret_cast<char const *>(bytes.data()), bytes.size()) {}

    [[nodiscard]] constexpr std::string_view text() const noexcept { return _bytes; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return _bytes.size(); }

private:
    std::string_view _bytes;
};

} // namespace Ichor
