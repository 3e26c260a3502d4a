#include <ichor/model/Cancelled.h>

#include <ichor/base/Expected.h>

#include <catch2/catch.hpp>

#include <exception>
#include <type_traits>

using namespace Ichor;

TEST_CASE("Cancelled: is not caught as an ordinary exception", "[cancelled]") {
    STATIC_REQUIRE_FALSE(std::is_base_of_v<std::exception, Cancelled>);
    bool isCaughtAsItself = false;
    try {
        try {
            throw Cancelled{};
        } catch (std::exception const &) {}
    } catch (Cancelled) {
        isCaughtAsItself = true;
    }
    CHECK(isCaughtAsItself);
}

TEST_CASE("Cancelled: serves as the error of an Expected", "[cancelled]") {
    Expected<int, Cancelled> const result = unexpected(Cancelled{});
    CHECK(result.error() == Cancelled{});
}
