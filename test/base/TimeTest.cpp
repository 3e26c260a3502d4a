#include <ichor/base/Time.h>

#include <catch2/catch.hpp>

#include <concepts>

using namespace Ichor;
using namespace std::chrono_literals;

TEST_CASE("Time: every length of the standard's becomes a Duration by itself, without a loss", "[time]") {
    Duration const tenth = 100ms;
    CHECK(tenth.count() == 100'000'000);
    STATIC_REQUIRE(std::convertible_to<std::chrono::hours, Duration>);
}

TEST_CASE("Time: a TimePoint is what the steady clock gives", "[time]") {
    TimePoint const now = std::chrono::steady_clock::now();
    CHECK(now + 1s - now == Duration(1s));
}
