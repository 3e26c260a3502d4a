#include <ichor/model/PropertyConversion.h>

#include <chrono>

namespace Ichor::Detail {

namespace {

template <class T>
bool integerAs(Any const &any, std::optional<WideInteger> &result) noexcept {
    T const *value = any_cast<T>(&any);
    if (value == nullptr) return false;
    bool const isNegative = std::is_signed_v<T> && *value < T{};
    result = WideInteger{isNegative, static_cast<std::uint64_t>(*value)};
    return true;
}

template <class... T>
std::optional<WideInteger> integerAmong(Any const &any) noexcept {
    std::optional<WideInteger> result;
    static_cast<void>((integerAs<T>(any, result) || ...));
    return result;
}

template <class D>
bool durationAs(Any const &any, std::optional<WideDuration> &result) noexcept {
    D const *value = any_cast<D>(&any);
    if (value == nullptr) return false;
    result = WideDuration{value->count(), std::chrono::nanoseconds(D{1}).count()};
    return true;
}

template <class... D>
std::optional<WideDuration> durationAmong(Any const &any) noexcept {
    std::optional<WideDuration> result;
    static_cast<void>((durationAs<D>(any, result) || ...));
    return result;
}

} // namespace

std::optional<WideInteger> integerIn(Any const &any) noexcept {
    return integerAmong<int, unsigned, std::int64_t, std::uint64_t, std::int16_t, std::uint16_t, std::int8_t, std::uint8_t, long long,
                        unsigned long long, long, unsigned long>(any);
}

std::optional<double> realIn(Any const &any) noexcept {
    if (auto const *value = any_cast<double>(&any)) return *value;
    if (auto const *value = any_cast<float>(&any)) return static_cast<double>(*value);
    auto const integer = integerIn(any);
    if (!integer) return std::nullopt;
    constexpr std::uint64_t exactLimit = std::uint64_t{1} << std::numeric_limits<double>::digits;
    std::uint64_t const magnitude = integer->isNegative ? ~integer->value + 1 : integer->value;
    if (magnitude > exactLimit) return std::nullopt;
    return integer->isNegative ? -static_cast<double>(magnitude) : static_cast<double>(magnitude);
}

std::optional<std::string_view> textIn(Any const &any) noexcept {
    if (auto const *text = any_cast<std::string>(&any)) return std::string_view(*text);
    if (auto const *text = any_cast<std::string_view>(&any)) return *text;
    return std::nullopt;
}

std::optional<WideDuration> durationIn(Any const &any) noexcept {
    namespace chrono = std::chrono;
    return durationAmong<chrono::milliseconds, chrono::seconds, chrono::nanoseconds, chrono::microseconds, chrono::minutes, chrono::hours,
                         chrono::days>(any);
}

std::string integerKind(std::int64_t least, std::uint64_t most) {
    return std::string("an integer from ").append(std::to_string(least)).append(" to ").append(std::to_string(most));
}

} // namespace Ichor::Detail
