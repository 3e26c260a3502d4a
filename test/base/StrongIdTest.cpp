#include <ichor/base/StrongId.h>

#include <ichor/base/Containers.h>

#include <catch2/catch.hpp>

#include <concepts>
#include <cstdint>

using namespace Ichor;

namespace {
using CarId = StrongId<struct CarTag>;
using ShipId = StrongId<struct ShipTag>;
} // namespace

TEST_CASE("StrongId: zero, and so a default-constructed one, names nothing", "[strong_id]") {
    CHECK_FALSE(CarId{}.isValid());
    CHECK_FALSE(CarId{0}.isValid());
    CHECK(CarId{1}.isValid());
}

TEST_CASE("StrongId: neither numbers nor ids of another kind turn into one by themselves", "[strong_id]") {
    STATIC_REQUIRE_FALSE(std::convertible_to<std::uint64_t, CarId>);
    STATIC_REQUIRE_FALSE(std::convertible_to<CarId, std::uint64_t>);
    STATIC_REQUIRE_FALSE(std::constructible_from<CarId, ShipId>);
    STATIC_REQUIRE_FALSE(std::equality_comparable_with<CarId, ShipId>);
}

TEST_CASE("StrongId: ids are ordered as their numbers and key tables", "[strong_id]") {
    CHECK(CarId{1} < CarId{2});
    CHECK(CarId{7} == CarId{7});

    UnorderedMap<CarId, int> wheels;
    wheels[CarId{1}] = 4;
    wheels[CarId{2}] = 3;
    CHECK(wheels.at(CarId{1}) == 4);
    CHECK(wheels.find(CarId{3}) == wheels.end());
}
