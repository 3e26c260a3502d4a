#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace Ichor::Detail {

/// The header field "Date: Sun, 06 Nov 1994 08:49:37 GMT" with its line end, written anew only when the second changes.
///
/// Source: RFC 9110 section 5.6.7
class DateField {
public:
    void renew(std::int64_t secondsSince1970) noexcept;
    [[nodiscard]] std::string_view line() const noexcept { return {_line.data(), _line.size()}; }

private:
    std::array<char, 37> _line{};
    std::int64_t _seconds{-1};
};

} // namespace Ichor::Detail
