#include <ichor/base/Expected.h>

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using namespace Ichor;

namespace {

enum class Trouble { NONE, SOME };

Expected<int, std::string> half(int number) {
    if (number % 2 != 0) return unexpected(std::string("odd"));
    return number / 2;
}

} // namespace

TEST_CASE("Expected: holds a value or the error that says why there is none", "[expected]") {
    CHECK(half(8).value() == 4);
    REQUIRE_FALSE(half(7).has_value());
    CHECK(half(7).error() == "odd");
}

TEST_CASE("Expected: the error's type is deduced with parentheses and with braces", "[expected]") {
    Expected<void, Trouble> const a = unexpected(Trouble::SOME);
    Expected<void, Trouble> const b = unexpected{Trouble::SOME};
    CHECK(a.error() == Trouble::SOME);
    CHECK(b.error() == Trouble::SOME);
    CHECK(Expected<void, Trouble>{}.has_value());
}

TEST_CASE("Expected: carries values that can only be moved", "[expected]") {
    Expected<std::unique_ptr<int>, Trouble> number = std::make_unique<int>(3);
    std::unique_ptr<int> const taken = *std::move(number);
    CHECK(*taken == 3);
}
