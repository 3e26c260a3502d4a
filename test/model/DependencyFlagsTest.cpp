#include <ichor/model/DependencyFlags.h>

#include <catch2/catch.hpp>

using namespace Ichor;

TEST_CASE("DependencyFlags: are combined and asked for one by one", "[dependency_flags]") {
    constexpr DependencyFlags both = DependencyFlags::REQUIRED | DependencyFlags::ALLOW_MULTIPLE;
    STATIC_REQUIRE(has(both, DependencyFlags::REQUIRED));
    STATIC_REQUIRE(has(both, DependencyFlags::ALLOW_MULTIPLE));
    STATIC_REQUIRE(has(both, both));
    STATIC_REQUIRE_FALSE(has(DependencyFlags::REQUIRED, both));
    STATIC_REQUIRE_FALSE(has(DependencyFlags::NONE, DependencyFlags::REQUIRED));
    STATIC_REQUIRE((both & DependencyFlags::REQUIRED) == DependencyFlags::REQUIRED);
}
