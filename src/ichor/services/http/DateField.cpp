#include "DateField.h"

#include <algorithm>
#include <chrono>

namespace Ichor::Detail {

namespace {

constexpr std::string_view TEMPLATE = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
constexpr std::string_view DAYS = "SunMonTueWedThuFriSat";
constexpr std::string_view MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

void putNumber(char *at, unsigned digits, unsigned value) noexcept {
    for (char *to = at + digits; to != at; value /= 10) *--to = static_cast<char>('0' + value % 10);
}

void putName(char *at, std::string_view names, unsigned index) noexcept { std::copy_n(names.data() + index * 3, 3, at); }

} // namespace

void DateField::renew(std::int64_t secondsSince1970) noexcept {
    if (secondsSince1970 == _seconds) return;
    _seconds = secondsSince1970;
    std::chrono::sys_seconds const now{std::chrono::seconds{secondsSince1970}};
    auto const day = std::chrono::floor<std::chrono::days>(now);
    std::chrono::year_month_day const date{day};
    std::chrono::hh_mm_ss const time{now - day};
    std::copy(TEMPLATE.begin(), TEMPLATE.end(), _line.begin());
    char *const line = _line.data();
    putName(line + 6, DAYS, std::chrono::weekday{day}.c_encoding());
    putNumber(line + 11, 2, static_cast<unsigned>(date.day()));
    putName(line + 14, MONTHS, static_cast<unsigned>(date.month()) - 1);
    putNumber(line + 18, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    putNumber(line + 23, 2, static_cast<unsigned>(time.hours().count()));
    putNumber(line + 26, 2, static_cast<unsigned>(time.minutes().count()));
    putNumber(line + 29, 2, static_cast<unsigned>(time.seconds().count()));
}

} // namespace Ichor::Detail
