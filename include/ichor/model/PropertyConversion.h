#pragma once

#include <ichor/base/Any.h>

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace Ichor::Detail {

// An integer of any width and sign.
struct WideInteger {
    bool isNegative; // value then holds the two's complement of it
    std::uint64_t value;
};

// A length of time in any of the standard's units.
struct WideDuration {
    std::int64_t count;
    std::int64_t nanosecondsPerCount;
};

[[nodiscard]] std::optional<WideInteger> integerIn(Any const &any) noexcept; // not of bool and the character types
[[nodiscard]] std::optional<double> realIn(Any const &any) noexcept;         // also of integers that a double holds exactly
[[nodiscard]] std::optional<std::string_view> textIn(Any const &any) noexcept;
[[nodiscard]] std::optional<WideDuration> durationIn(Any const &any) noexcept;

[[nodiscard]] std::string integerKind(std::int64_t least, std::uint64_t most);

template <class T>
inline constexpr bool isCharacter =
    std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> || std::same_as<T, char16_t> || std::same_as<T, char32_t>;

template <class T>
inline constexpr bool isPropertyInteger = std::integral<T> && !std::same_as<T, bool> && !isCharacter<T>;

template <class T>
inline constexpr bool isText = std::same_as<T, std::string> || std::same_as<T, std::string_view>;

// A std::chrono::duration of whole nanoseconds or more, told by its shape: <chrono> is too heavy for a header that everybody includes.
template <class T>
concept DurationLike = requires(T const &duration) {
    requires std::same_as<typename T::rep, std::int64_t>;
    requires T::period::den <= 1'000'000'000 && 1'000'000'000 % T::period::den == 0;
    { duration.count() } -> std::same_as<std::int64_t>;
};

template <std::integral T>
std::optional<T> narrowed(WideInteger integer) noexcept {
    if (integer.isNegative) {
        auto const value = static_cast<std::int64_t>(integer.value);
        if (std::is_unsigned_v<T> || value < static_cast<std::int64_t>(std::numeric_limits<T>::min())) return std::nullopt;
        return static_cast<T>(value);
    }
    if (integer.value > static_cast<std::uint64_t>(std::numeric_limits<T>::max())) return std::nullopt;
    return static_cast<T>(integer.value);
}

template <DurationLike T>
std::optional<T> narrowed(WideDuration from) noexcept {
    constexpr std::int64_t unit = T::period::num * (1'000'000'000 / T::period::den);
    std::int64_t total = 0;
    if (__builtin_mul_overflow(from.count, from.nanosecondsPerCount, &total)) {
        return from.nanosecondsPerCount == unit ? std::optional<T>(T{from.count}) : std::nullopt;
    }
    if (total % unit != 0) return std::nullopt;
    return T{total / unit};
}

// The value as a T, when it is one or can be one without a loss.
template <class T>
std::optional<T> propertyAs(Any const &any) {
    if constexpr (std::copy_constructible<T>) {
        if (T const *exact = any_cast<T>(&any)) return *exact;
    }
    if constexpr (isPropertyInteger<T>) {
        if (auto const integer = integerIn(any)) return narrowed<T>(*integer);
    } else if constexpr (std::floating_point<T>) {
        if (auto const real = realIn(any)) return static_cast<T>(*real);
    } else if constexpr (isText<T>) {
        if (auto const text = textIn(any)) return T(*text);
    } else if constexpr (DurationLike<T>) {
        if (auto const duration = durationIn(any)) return narrowed<T>(*duration);
    }
    return std::nullopt;
}

// What a T is called in a message to the user.
template <class T>
std::string expectedKind() {
    if constexpr (isPropertyInteger<T>) {
        return integerKind(static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                           static_cast<std::uint64_t>(std::numeric_limits<T>::max()));
    } else if constexpr (std::floating_point<T>) {
        return "a number";
    } else if constexpr (isText<T>) {
        return "a text";
    } else if constexpr (std::same_as<T, bool>) {
        return "true or false (bool)";
    } else if constexpr (DurationLike<T>) {
        return "a length of time (std::chrono::duration)";
    } else {
        return std::string("a value of type ").append(typeName<T>());
    }
}

} // namespace Ichor::Detail
