#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace Ichor::Detail {

// What a byte may be part of. Source: RFC 9110 section 5.6.2 (token), section 5.5 (field-value), RFC 3986 (host).
enum CharacterClass : std::uint8_t {
    TOKEN = 1,       // tchar
    TARGET = 2,      // any visible ASCII byte: the grammar of URIs is narrower, but clients send '|', '{' and '"' as they are
    FIELD_VALUE = 4, // VCHAR, obs-text, SP, HTAB
    REG_NAME = 8,    // of a host, or an IPv4 address; '%' only with two digits behind it
    HEX_DIGIT = 16,
    TARGET_MARK = 32, // '?' and '#', which end the path, and '%' and '.', for which it has to be looked at again
};

consteval std::array<std::uint8_t, 256> makeCharacterClasses() {
    std::array<std::uint8_t, 256> table{};
    auto const add = [&table](std::string_view characters, CharacterClass cls) {
        for (char c : characters) {
            auto &entry = table[static_cast<unsigned char>(c)];
            entry = static_cast<std::uint8_t>(entry | cls);
        }
    };
    constexpr std::string_view ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    add(ALPHANUMERIC, TOKEN);
    add("!#$%&'*+-.^_`|~", TOKEN);
    add(ALPHANUMERIC, REG_NAME);
    add("-._~!$&'()*+,;=", REG_NAME);
    add("0123456789abcdefABCDEF", HEX_DIGIT);
    add("?#%.", TARGET_MARK);
    add("\t", FIELD_VALUE);
    for (std::size_t c = 0x20; c < 0x100; ++c) {
        if (c == 0x7f) continue;
        table[c] = static_cast<std::uint8_t>(table[c] | FIELD_VALUE);
        if (c > 0x20 && c < 0x7f) table[c] = static_cast<std::uint8_t>(table[c] | TARGET);
    }
    return table;
}

inline constexpr std::array<std::uint8_t, 256> CHARACTER_CLASSES = makeCharacterClasses();

constexpr bool isOf(char c, CharacterClass cls) noexcept { return (CHARACTER_CLASSES[static_cast<unsigned char>(c)] & cls) != 0; }

constexpr bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

/// A tab is one, too.
constexpr bool isControl(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// The value of a hexadecimal digit; the character must be one.
constexpr unsigned hexValue(char c) noexcept {
    return isDigit(c) ? static_cast<unsigned>(c - '0') : static_cast<unsigned>((c | 0x20) - 'a' + 10);
}

constexpr bool isToken(std::string_view text) noexcept {
    for (char c : text) {
        if (!isOf(c, TOKEN)) return false;
    }
    return !text.empty();
}

constexpr char lowerCase(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

constexpr bool equalsIgnoringCase(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lowerCase(a[i]) != lowerCase(b[i])) return false;
    }
    return true;
}

/// Without the spaces and tabs at both ends.
constexpr std::string_view withoutOuterSpace(std::string_view text) noexcept {
    auto const isSpace = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
    return text;
}

/// Calls `use` with each element of a comma-separated list (RFC 9110 section 5.6.1), until one makes it return false; so does this then.
template <class F>
constexpr bool forEachElement(std::string_view list, F use) noexcept {
    while (!list.empty()) {
        std::size_t const comma = std::min(list.find(','), list.size());
        std::string_view const element = withoutOuterSpace(list.substr(0, comma));
        if (!element.empty() && !use(element)) return false;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return true;
}

/// Without regard to case.
constexpr bool hasElement(std::string_view list, std::string_view wanted) noexcept {
    return !forEachElement(list, [wanted](std::string_view element) { return !equalsIgnoringCase(element, wanted); });
}

} // namespace Ichor::Detail
