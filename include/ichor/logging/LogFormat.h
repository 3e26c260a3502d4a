#pragma once

#include <fmt/core.h>

#include <source_location>
#include <type_traits>

namespace Ichor {

/// A format string that was checked against its arguments at compile time, and the place in the source where it was written.
template <class... Args>
class LogFormat final {
public:
    template <class Text>
    requires(std::is_convertible_v<Text const &, fmt::string_view>) consteval LogFormat(
        Text const &text, std::source_location where = std::source_location::current()) noexcept
        : _format(text), _where(where) {}

    [[nodiscard]] constexpr fmt::string_view text() const noexcept { return _format; }
    [[nodiscard]] constexpr std::source_location const &where() const noexcept { return _where; }

private:
    fmt::format_string<Args...> _format;
    std::source_location _where;
};

} // namespace Ichor
