#pragma once

#include <fmt/core.h>

#include <concepts>
#include <source_location>

namespace Ichor {

/// A format string that was checked against its arguments at compile time, and the place in the source where it was written.
template <class... Args>
class LogFormat final {
public:
    template <std::convertible_to<fmt::string_view> Text>
    consteval LogFormat(Text const &text, std::source_location where = std::source_location::current()) noexcept
        : _format(text), _where(where) {}

    [[nodiscard]] constexpr fmt::string_view text() const noexcept { return _format; }
    [[nodiscard]] constexpr std::source_location const &where() const noexcept { return _where; }

private:
    fmt::format_string<Args...> _format;
    std::source_location _where;
};

} // namespace Ichor
