#include <ichor/model/Priority.h>

#include <catch2/catch.hpp>

#include <concepts>
#include <cstdint>

using namespace Ichor;

TEST_CASE("Priority: the one that runs sooner is the lower one", "[priority]") {
    CHECK(Priority{10} < Priority{1000});
    CHECK(Priority{} == DEFAULT_PRIORITY);
    CHECK(DEFAULT_PRIORITY.value == 1000);
}

TEST_CASE("Priority: what is beyond the last is the last", "[priority]") {
    CHECK(Priority{~std::uint64_t{0}} == Priority{Priority::LAST});
    CHECK(Priority{Priority::LAST - 1} < Priority{Priority::LAST});
    CHECK(Priority{std::uint64_t{1} << 32} == Priority{Priority::LAST});
}

TEST_CASE("Priority: numbers do not become priorities by themselves", "[priority]") {
    STATIC_REQUIRE_FALSE(std::convertible_to<std::uint64_t, Priority>);
}
