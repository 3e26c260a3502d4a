#include <ichor/services/serialization/ByteView.h>
#include <ichor/services/serialization/SerializeError.h>

#include <catch2/catch.hpp>

#include <concepts>
#include <string>
#include <vector>

using namespace Ichor;

TEST_CASE("ByteView: views texts and bytes alike, without a copy", "[serialization]") {
    std::string const text = "text";
    std::vector<uint8_t> const bytes{'b', 'y'};
    CHECK(ByteView(text).text().data() == text.data());
    CHECK(ByteView(std::string_view(text)).text() == "text");
    CHECK(ByteView("literal").text() == "literal");
    CHECK(ByteView(bytes).text() == "by");
    CHECK(static_cast<void const *>(ByteView(bytes).text().data()) == bytes.data());
    CHECK(ByteView(std::span<uint8_t const>(bytes)).size() == 2);
    CHECK(ByteView().size() == 0);
    CHECK(ByteView(std::vector<uint8_t>{}).text().empty());
}

TEST_CASE("ByteView: a type that converts to both a text and bytes is taken as a text", "[serialization]") {
    struct Body {
        operator std::string_view() const { return "text"; }
        operator std::span<uint8_t const>() const { return {}; }
    };
    CHECK(ByteView(Body{}).text() == "text");
    STATIC_REQUIRE_FALSE(std::convertible_to<int, ByteView>);
    STATIC_REQUIRE_FALSE(std::convertible_to<std::vector<int>, ByteView>);
}

TEST_CASE("SerializeError: says what is wrong and where", "[serialization]") {
    SerializeError const error("\"id\" is missing", 7);
    CHECK(error.message() == "\"id\" is missing (at byte 7)");
    CHECK(error.offset() == 7);
}
