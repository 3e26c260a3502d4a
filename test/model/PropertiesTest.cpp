#include <ichor/model/Properties.h>

#include <ichor/model/LogLevel.h>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

using namespace Ichor;
using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

struct Custom {
    int number;
};

template <class T>
std::string complaintAbout(Any value) {
    Properties properties;
    properties.emplace("Port", std::move(value));
    auto const result = properties.get<T>("Port");
    REQUIRE_FALSE(result.has_value());
    return result.error().message();
}

template <class T>
T readAs(Any value) {
    Properties properties;
    properties.emplace("key", std::move(value));
    auto const result = properties.get<T>("key");
    REQUIRE(result.has_value());
    return *result;
}

} // namespace

TEST_CASE("Properties: are written as a list and found by name", "[properties]") {
    Properties const properties{{"Address", "127.0.0.1"s}, {"Port", uint16_t{8001}}, {"LogLevel", LogLevel::LOG_WARN}};
    CHECK(properties.size() == 3);
    CHECK(any_cast<std::string>(properties.at("Address")) == "127.0.0.1");
    CHECK(any_cast<uint16_t>(properties.find("Port")->second) == 8001);
    CHECK(properties.contains("LogLevel"));
    CHECK_FALSE(properties.contains("logLevel"));
    CHECK(properties.find("Nothing") == properties.end());
}

TEST_CASE("Properties: a list of two texts is one property", "[properties]") {
    Properties const one{{"Address", "127.0.0.1"}};
    CHECK(one.size() == 1);
    CHECK(one.get<std::string>("Address") == "127.0.0.1");
    Properties const two{{"First", "a"}, {"Second", "b"}};
    CHECK(two.size() == 2);
    CHECK(two.get<std::string>("Second") == "b");
}

TEST_CASE("Properties: an empty one is three pointers", "[properties]") {
    STATIC_REQUIRE(sizeof(Properties) <= 3 * sizeof(void *));
    Properties const none;
    CHECK(none.empty());
    CHECK(none.begin() == none.end());
    CHECK(Properties{}.empty());
}

TEST_CASE("Properties: at names the key that is not there", "[properties]") {
    Properties properties;
    CHECK_THROWS_WITH(properties.at("Port"), "there is no property \"Port\"");
    CHECK_THROWS_AS(std::as_const(properties).at("Port"), std::out_of_range);
}

TEST_CASE("Properties: are changed like a map, and keep their order", "[properties]") {
    Properties properties;
    CHECK(properties.emplace("a", 1).second);
    CHECK_FALSE(properties.emplace("a", 2).second);
    CHECK(properties.get<int>("a") == 1);
    CHECK_FALSE(properties.insert_or_assign("a", 3).second);
    CHECK(properties.insert_or_assign("b", 4).second);
    properties["c"] = "five";
    properties["a"] = 6;

    std::string order;
    for (auto const &[key, value] : properties) order += key;
    CHECK(order == "abc");

    CHECK(properties.erase("b") == 1);
    CHECK(properties.erase("b") == 0);
    CHECK(properties.size() == 2);
    CHECK(properties.get<int>("a") == 6);
    CHECK_FALSE(properties["new"].hasValue());
}

TEST_CASE("Properties: when a name is listed twice, the last one counts", "[properties]") {
    Properties const properties{{"Port", 1}, {"Port", 2}};
    CHECK(properties.size() == 1);
    CHECK(properties.get<int>("Port") == 2);
}

TEST_CASE("Properties: copies are independent", "[properties]") {
    Properties first{{"a", "one"}};
    Properties second = first;
    second["a"] = "two";
    CHECK(first.get<std::string>("a") == "one");
    first = std::move(second);
    CHECK(first.get<std::string>("a") == "two");
}

TEST_CASE("Properties: an integer that fits is read as any integer", "[properties]") {
    CHECK(readAs<uint16_t>(8001) == 8001);
    CHECK(readAs<uint16_t>(65535) == 65535);
    CHECK(readAs<uint64_t>(int8_t{127}) == 127);
    CHECK(readAs<int8_t>(-128) == -128);
    CHECK(readAs<int64_t>(std::numeric_limits<int64_t>::min()) == std::numeric_limits<int64_t>::min());
    CHECK(readAs<long long>(std::numeric_limits<int64_t>::min()) == std::numeric_limits<int64_t>::min());
    CHECK(readAs<uint64_t>(std::numeric_limits<uint64_t>::max()) == std::numeric_limits<uint64_t>::max());
    CHECK(readAs<int>(5ULL) == 5);
}

TEST_CASE("Properties: an integer that does not fit is an error that says so", "[properties]") {
    CHECK(complaintAbout<uint16_t>(70000) == "property \"Port\" is 70000 (int), but an integer from 0 to 65535 was expected");
    CHECK(complaintAbout<uint16_t>(-1) == "property \"Port\" is -1 (int), but an integer from 0 to 65535 was expected");
    CHECK(complaintAbout<uint64_t>(int64_t{-5}) ==
          "property \"Port\" is -5 (" + std::string(typeName<int64_t>()) + "), but an integer from 0 to 18446744073709551615 was expected");
    CHECK_THAT(complaintAbout<int64_t>(std::numeric_limits<uint64_t>::max()), Catch::Contains("is 18446744073709551615"));
    CHECK_THAT(complaintAbout<int8_t>(128), Catch::Contains("from -128 to 127"));
    CHECK_THAT(complaintAbout<int8_t>(-129), Catch::Contains("from -128 to 127"));
    CHECK_THAT(complaintAbout<int>(std::numeric_limits<int64_t>::min()), Catch::Contains("-9223372036854775808"));
}

TEST_CASE("Properties: bools, characters and texts are no integers", "[properties]") {
    CHECK(complaintAbout<uint16_t>(true) == "property \"Port\" is true (bool), but an integer from 0 to 65535 was expected");
    CHECK(complaintAbout<uint16_t>("8001") == "property \"Port\" is the text \"8001\", but an integer from 0 to 65535 was expected");
    CHECK_THAT(complaintAbout<int>('8'), Catch::Contains("a value of type char"));
    CHECK(complaintAbout<bool>(1) == "property \"Port\" is 1 (int), but true or false (bool) was expected");
    CHECK(complaintAbout<int>(1.5) == "property \"Port\" is 1.5 (double), but an integer from -2147483648 to 2147483647 was expected");
    CHECK(readAs<bool>(true));
}

TEST_CASE("Properties: numbers are read as floating point when nothing is lost", "[properties]") {
    CHECK(readAs<double>(1.5f) == 1.5);
    CHECK(readAs<float>(1.5) == 1.5f);
    CHECK(readAs<double>(-3) == -3.0);
    CHECK(readAs<double>(uint64_t{1} << 53) == 9007199254740992.0);
    CHECK_THAT(complaintAbout<double>((uint64_t{1} << 53) + 1), Catch::Contains("a number was expected"));
    CHECK_THAT(complaintAbout<double>("1.5"), Catch::Contains("the text \"1.5\""));
}

TEST_CASE("Properties: texts of each kind are read as each other", "[properties]") {
    CHECK(readAs<std::string>("literal") == "literal");
    CHECK(readAs<std::string>("view"sv) == "view");
    Properties const properties{{"Address", "127.0.0.1"s}};
    auto const view = properties.get<std::string_view>("Address");
    REQUIRE(view.has_value());
    CHECK(view->data() == any_cast<std::string const &>(properties.at("Address")).data());
    CHECK(complaintAbout<std::string>(5) == "property \"Port\" is 5 (int), but a text was expected");
}

TEST_CASE("Properties: lengths of time are read in any unit that holds them exactly", "[properties]") {
    CHECK(readAs<std::chrono::nanoseconds>(100ms) == 100ms);
    CHECK(readAs<std::chrono::milliseconds>(2s) == 2s);
    CHECK(readAs<std::chrono::seconds>(3000ms) == 3s);
    CHECK(readAs<std::chrono::minutes>(24h) == 24h);
    CHECK(readAs<std::chrono::seconds>(-1500000us * 2) == -3s);
    CHECK_THAT(complaintAbout<std::chrono::nanoseconds>(std::chrono::seconds::max()), Catch::Contains("a length of time"));
    CHECK(readAs<std::chrono::seconds>(std::chrono::seconds::max()) == std::chrono::seconds::max());
    CHECK_THAT(complaintAbout<std::chrono::seconds>(1500ms), Catch::Contains("a length of time"));
    CHECK_THAT(complaintAbout<std::chrono::milliseconds>(5), Catch::Contains("is 5 (int)"));
}

TEST_CASE("Properties: other types are read as themselves only", "[properties]") {
    CHECK(readAs<LogLevel>(LogLevel::LOG_WARN) == LogLevel::LOG_WARN);
    CHECK(readAs<Custom>(Custom{3}).number == 3);
    CHECK_THAT(complaintAbout<LogLevel>(3), Catch::Contains("a value of type Ichor::LogLevel was expected"));
    CHECK_THAT(complaintAbout<int>(Custom{3}), Catch::Contains("is a value of type") && Catch::Contains("Custom"));
    CHECK(complaintAbout<bool>(Any{}) == "property \"Port\" is empty, but true or false (bool) was expected");
}

TEST_CASE("Properties: what is missing is named", "[properties]") {
    auto const port = Properties{}.get<uint16_t>("Port");
    REQUIRE_FALSE(port.has_value());
    CHECK(port.error().kind == PropertyError::Kind::MISSING);
    CHECK(port.error().key == "Port");
    CHECK(port.error().message() == "property \"Port\" is missing: an integer from 0 to 65535 was expected");
    std::string const text = port.error();
    CHECK(text == port.error().message());
}

TEST_CASE("Properties: a long text is shown cut in a message", "[properties]") {
    std::string const message = complaintAbout<int>(std::string(5'000, 'x'));
    CHECK(message.size() < 200);
    CHECK_THAT(message, Catch::Contains("xxx…\""));
}

TEST_CASE("Properties: getOr falls back when nothing is there, but does not pass over a wrong value", "[properties]") {
    Properties const properties{{"Port", 8001}, {"Bad", -1}};
    CHECK(properties.getOr<uint16_t>("Port", 80) == 8001);
    CHECK(properties.getOr<uint16_t>("Other", 80) == 80);
    CHECK(properties.getOr<bool>("IsOn", true));
    CHECK_THROWS_WITH(properties.getOr<uint16_t>("Bad", 80), Catch::Contains("\"Bad\" is -1"));
    CHECK_THROWS_AS(properties.getOr<uint16_t>("Bad", 80), std::invalid_argument);
}

namespace {

/// Counts what lies in it.
class CountedMemory final : public Detail::IPieceMemory {
public:
    void *allocate(std::size_t size) override {
        void *piece = ::operator new(size);
        bytes += size;
        return piece;
    }
    void deallocate(void *piece, std::size_t size) noexcept override {
        bytes -= size;
        ::operator delete(piece);
    }

    std::size_t bytes = 0;
};

} // namespace

TEST_CASE("Properties: what has settled in a memory stays there while it changes, and copies of it lie elsewhere", "[properties]") {
    CountedMemory memory;
    Properties copy;
    {
        Properties properties{{"Address", std::string(100, 'a')}, {"Port", 8001}};
        properties.settle(memory);
        CHECK(memory.bytes >= 2 * sizeof(Properties::Entry));
        CHECK(properties.getOr<std::string>("Address", "") == std::string(100, 'a'));
        CHECK(properties.begin()->first == "Address");

        std::size_t const before = memory.bytes;
        for (int i = 0; i < 10; ++i) properties.insert_or_assign(std::to_string(i), i);
        CHECK(memory.bytes > before);
        CHECK(properties.size() == 12);
        CHECK(properties.getOr<int>("Port", 0) == 8001);

        std::size_t const grown = memory.bytes;
        copy = properties;
        CHECK(Properties(copy).size() == 12);
        CHECK(Properties(properties).size() == 12);
        CHECK(memory.bytes == grown);
    }
    CHECK(memory.bytes == 0);
    CHECK(copy.getOr<int>("9", 0) == 9);
}

TEST_CASE("Properties: none take no memory, and moved ones take theirs with them", "[properties]") {
    CountedMemory memory;
    Properties none;
    none.settle(memory);
    CHECK(memory.bytes == 0);

    Properties some{{"Port", 8001}};
    some.settle(memory);
    none = std::move(some);
    CHECK(memory.bytes > 0);
    CHECK(none.getOr<int>("Port", 0) == 8001);
    none = Properties{{"Port", 8002}};
    CHECK(memory.bytes == 0);
    CHECK(none.getOr<int>("Port", 0) == 8002);
}
