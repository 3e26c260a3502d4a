#pragma once

#include <ichor/base/ByteRecycler.h>
#include <ichor/services/serialization/JsonFields.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace Ichor::Detail {

/// The memory in which a document is written. Begins on the stack: most messages are short, and need then no memory but that of the
/// result.
class JsonText final {
public:
    JsonText() noexcept = default;
    JsonText(JsonText const &) = delete;
    JsonText &operator=(JsonText const &) = delete;

    [[nodiscard]] char *begin() noexcept { return _begin; }

    /// Room for so many bytes from that place on, which lies elsewhere afterwards when there was not enough.
    [[nodiscard]] char *room(char *at, std::size_t count) { return count <= static_cast<std::size_t>(_limit - at) ? at : grown(at, count); }

    [[nodiscard]] std::vector<std::uint8_t> toVector(char const *end) const {
        auto const *const first = reinterpret_cast<std::uint8_t const *>(_begin);
        return ByteRecycler::copyOf({first, first + (end - _begin)});
    }

private:
    [[nodiscard]] char *grown(char *at, std::size_t count);

    char _stack[512];
    std::unique_ptr<char[]> _heap;
    char *_begin = _stack;
    char *_limit = _stack + sizeof(_stack);
};

// Each of these writes a value at a place where there is the room that roomFor() tells, and returns the place behind it, where there is
// then room for one byte more: a comma or bracket. Numbers that JSON has no word for (infinite, not a number) become null.

char *putInteger(char *to, std::uint64_t value) noexcept;
char *putInteger(char *to, std::int64_t value) noexcept;
char *putReal(char *to, double value) noexcept;
char *putReal(char *to, float value) noexcept;
char *putText(JsonText &json, char *to, std::string_view utf8);

template <std::size_t N>
char *putWord(char *to, std::array<char, N> const &word) noexcept {
    std::memcpy(to, word.data(), N);
    return to + N;
}

/// Enough for any number, `true`, `false`, `null` and a bracket.
inline constexpr std::size_t SCALAR_ROOM = 32;

template <class T>
constexpr std::size_t roomFor(T const &) noexcept {
    return SCALAR_ROOM;
}
inline std::size_t roomFor(std::string const &text) noexcept { return text.size() + SCALAR_ROOM; }

template <class T>
requires std::is_arithmetic_v<T>
char *put(JsonText &, char *to, T value) noexcept {
    if constexpr (std::same_as<T, bool>) {
        return value ? putWord(to, std::array{'t', 'r', 'u', 'e'}) : putWord(to, std::array{'f', 'a', 'l', 's', 'e'});
    } else if constexpr (std::integral<T>) {
        return putInteger(to, static_cast<std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>(value));
    } else {
        // Written with as many digits as the type has, up to those of a double, which is what readers have.
        return putReal(to, static_cast<std::conditional_t<std::same_as<T, float>, float, double>>(value));
    }
}

inline char *put(JsonText &json, char *to, std::string const &text) { return putText(json, to, text); }

template <DescribedForJson T>
char *put(JsonText &json, char *to, T const &object);

template <class T>
char *put(JsonText &json, char *to, std::vector<T> const &array);

template <class T>
char *put(JsonText &json, char *to, std::optional<T> const &value) {
    if (!value) return putWord(to, std::array{'n', 'u', 'l', 'l'});
    return put(json, json.room(to, roomFor(*value)), *value);
}

template <class T>
char *put(JsonText &json, char *to, std::vector<T> const &array) {
    *to++ = '[';
    for (T const &element : array) {
        to = put(json, json.room(to, roomFor(element)), element);
        *to++ = ',';
    }
    if (!array.empty()) --to;
    to = json.room(to, 2);
    *to = ']';
    return to + 1;
}

/// `,"name":`
template <class T, std::size_t I>
inline constexpr auto JSON_NAME = [] {
    constexpr std::string_view name = std::get<I>(JsonFields<T>::FIELDS).name;
    static_assert(name.find_first_of("\"\\") == std::string_view::npos, "Ichor: a field's name in JSON must not need escaping");
    std::array<char, name.size() + 4> text{',', '"'};
    std::size_t at = 2;
    for (char const c : name) text[at++] = c;
    text[at++] = '"';
    text[at] = ':';
    return text;
}();

template <class T, std::size_t I>
char *putField(JsonText &json, char *to, T const &object) {
    auto const &value = object.*std::get<I>(JsonFields<T>::FIELDS).member;
    constexpr auto const &name = JSON_NAME<T, I>;
    if constexpr (isOptional<std::remove_cvref_t<decltype(value)>>) {
        if (!value) return to;
        to = json.room(to, name.size() + roomFor(*value));
        return put(json, putWord(to, name), *value);
    } else {
        to = json.room(to, name.size() + roomFor(value));
        return put(json, putWord(to, name), value);
    }
}

template <DescribedForJson T>
char *put(JsonText &json, char *to, T const &object) {
    // Each field begins with a comma; the first one's then becomes the brace.
    auto const begin = to - json.begin();
    [&]<std::size_t... I>(std::index_sequence<I...>) { ((to = putField<T, I>(json, to, object)), ...); }
    (std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<decltype(JsonFields<T>::FIELDS)>>>());
    to = json.room(to, 3);
    char *const first = json.begin() + begin;
    if (to == first) ++to;
    *first = '{';
    *to = '}';
    return to + 1;
}

/// The value as JSON, without spaces. Texts are taken to be UTF-8.
template <DescribedForJson T>
[[nodiscard]] std::vector<std::uint8_t> writeJson(T const &value) {
    JsonText json;
    char const *const end = put(json, json.begin(), value);
    return json.toVector(end);
}

} // namespace Ichor::Detail
