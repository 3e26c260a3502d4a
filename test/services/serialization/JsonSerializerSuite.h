// What every JSON serializer does. A test file says which one it is about and includes this:
//   ICHOR_JSON_ENGINE  its name
//   Serializer<T>      the serializer
//   Reader             what it reads with

#include "JsonSamples.h"
#include "LetterByLetter.h"
#include "SmallStack.h"

#include <ichor/Config.h>

#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <string_view>

using namespace Ichor;
using namespace JsonSamples;
using namespace std::string_literals;

namespace {

template <class T>
std::string written(T const &value) {
    auto const bytes = Serializer<T>{}.serialize(value);
    return {bytes.begin(), bytes.end()};
}

template <class T>
T readBack(std::string const &json) {
    auto value = Serializer<T>{}.deserialize(json);
    INFO((value ? "read" : value.error().message()));
    REQUIRE(value.has_value());
    return *value;
}

template <class T>
SerializeError refusalOf(std::string const &json) {
    auto value = Serializer<T>{}.deserialize(json);
    REQUIRE_FALSE(value.has_value());
    return value.error();
}

template <class T>
std::string complaintAbout(std::string const &json) {
    return refusalOf<T>(json).message();
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

std::string orderJson(std::string const &items) {
    return R"({"number":1,"balance":0,"isPaid":true,"weight":1,"grid":[],"items":[)" + items + "]}";
}

} // namespace

TEST_CASE(ICHOR_JSON_ENGINE ": a message is written without spaces, in the order of its description", "[json]") {
    CHECK(written(TestMsg{20, "five hundred"}) == R"({"id":20,"val":"five hundred"})");
    CHECK(written(Nothing{}) == "{}");
}

TEST_CASE(ICHOR_JSON_ENGINE ": what was written is read back", "[json]") {
    Order const order{.number = 255,
                      .balance = std::numeric_limits<int32_t>::min(),
                      .isPaid = true,
                      .weight = 0.1f,
                      .items = {{"apple", 0.1, "green"}, {"pear \"big\"\\\n\t\x01 €", 1e300, std::nullopt}},
                      .message = TestMsg{std::numeric_limits<uint64_t>::max(), ""},
                      .grid = {{}, {1}, {2, -3}}};
    CHECK(readBack<Order>(written(order)) == order);
    CHECK(readBack<Order>(written(Order{})) == Order{});
}

TEST_CASE(ICHOR_JSON_ENGINE ": bytes are taken as a text, a vector and a span", "[json]") {
    Serializer<TestMsg> serializer;
    ISerializer<TestMsg> &interface = serializer;
    std::vector<uint8_t> const vector = interface.serialize({7, "x"});
    std::string const string(vector.begin(), vector.end());
    CHECK(interface.deserialize(vector)->id == 7);
    CHECK(interface.deserialize(std::span<uint8_t const>(vector))->id == 7);
    CHECK(interface.deserialize(string)->id == 7);
    CHECK(interface.deserialize(std::string_view(string))->id == 7);
    CHECK(interface.deserialize(R"({"id":7,"val":"x"})")->id == 7);
}

TEST_CASE(ICHOR_JSON_ENGINE ": spaces, the order of fields and fields that nobody knows do not matter", "[json]") {
    CHECK(readBack<TestMsg>(" { \"val\" : \"x\" ,\r\n\t\"id\" : 3 } ") == TestMsg{3, "x"});
    CHECK(readBack<TestMsg>(R"({"a":{"id":[1,{"val":null}]},"id":3,"b":[[]],"c":1.5,"val":"x","d":true})") == TestMsg{3, "x"});
    CHECK_NOTHROW(readBack<Nothing>(R"({"a":1})"));
}

TEST_CASE(ICHOR_JSON_ENGINE ": of a field that comes twice the last one counts", "[json]") {
    CHECK(readBack<TestMsg>(R"({"id":1,"val":"a","id":2})") == TestMsg{2, "a"});
    auto const order = readBack<Order>(R"({"grid":[[1],[2]],"number":1,"balance":0,"isPaid":true,"weight":1,"items":[],"grid":[[3]]})");
    CHECK(order.grid == std::vector<std::vector<int>>{{3}});
}

TEST_CASE(ICHOR_JSON_ENGINE ": a reader can be used again, also after an error", "[json]") {
    Serializer<TestMsg> serializer;
    for (int i = 0; i < 3; ++i) {
        CHECK(serializer.deserialize(R"({"id":1,"val":"a"})").has_value());
        CHECK_FALSE(serializer.deserialize(R"({"id":1,"val":"a)").has_value());
        CHECK_FALSE(serializer.deserialize(R"({"x":[[[{"id":)").has_value());
        CHECK_FALSE(serializer.deserialize(R"({"id":"a"})").has_value());
        CHECK_FALSE(serializer.deserialize("").has_value());
    }
}

TEST_CASE(ICHOR_JSON_ENGINE ": an optional field is empty when it is absent or null", "[json]") {
    auto const order =
        readBack<Order>(orderJson(R"({"name":"a","price":1},{"name":"b","price":2,"note":null},{"name":"c","price":3,"note":"n"})"));
    REQUIRE(order.items.size() == 3);
    CHECK_FALSE(order.items[0].note.has_value());
    CHECK_FALSE(order.items[1].note.has_value());
    CHECK(order.items[2].note == "n");
    CHECK(written(Item{"a", 1, std::nullopt}) == R"({"name":"a","price":1})");
}

TEST_CASE(ICHOR_JSON_ENGINE ": texts are unescaped, and escaped where they must be", "[json]") {
    CHECK(readBack<TestMsg>(R"({"id":1,"val":"\"\\\/\b\f\n\r\t\u0041\u20ac\uD83D\uDE00"})").val ==
          "\"\\/\b\f\n\r\tA\xE2\x82\xAC\xF0\x9F\x98\x80");
    CHECK(readBack<TestMsg>(R"({"id":1,"val":"\u0000"})").val == std::string(1, '\0'));
    CHECK(readBack<TestMsg>(R"({"\u0069d":1,"val":""})").id == 1);
    CHECK(written(TestMsg{1, "\"\\/\b\f\n\r\t\x1f\x7f€"s + '\0'}) == "{\"id\":1,\"val\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\x7f€\\u0000\"}");
}

TEST_CASE(ICHOR_JSON_ENGINE ": texts of every length around the ends of blocks survive", "[json]") {
    Serializer<TestMsg> serializer;
    for (std::size_t length :
         std::initializer_list<std::size_t>{0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 400, 511, 512, 513, 2'000, 100'000}) {
        for (std::string const &end : {""s, "\""s, "\n"s, "€"s}) {
            TestMsg const message{length, std::string(length, 'x') + end};
            auto const bytes = serializer.serialize(message);
            auto const copy = serializer.deserialize(bytes);
            REQUIRE(copy.has_value());
            REQUIRE(*copy == message);
        }
    }
}

TEST_CASE(ICHOR_JSON_ENGINE ": an escape is written and read at each place of a text", "[json]") {
    for (std::size_t length = 1; length < 70; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            for (char const c : {'"', '\\', '\n', '\x1f', '\0', ' ', '!', '#', '[', ']', '\x7f'}) {
                TestMsg message{length, std::string(length, 'x')};
                message.val[at] = c;
                std::string const json = written(message);
                REQUIRE(json == "{\"id\":" + std::to_string(length) + ",\"val\":" + letterByLetter(message.val) + "}");
                REQUIRE(readBack<TestMsg>(json) == message);
            }
        }
    }
}

TEST_CASE(ICHOR_JSON_ENGINE ": random texts are written as letter by letter, and read back", "[json]") {
    std::mt19937_64 random(42);
    for (int i = 0; i < 5'000; ++i) {
        TestMsg message{random(), {}};
        std::size_t const length = random() % 200;
        std::size_t const rarity = 1 + random() % 20;
        while (message.val.size() < length) {
            if (random() % rarity == 0) {
                message.val += static_cast<char>(random() % 0x20);
            } else if (random() % rarity == 0) {
                message.val += std::string_view("\"\\")[random() % 2];
            } else if (random() % rarity == 0) {
                message.val += "\xE2\x82\xAC";
            } else {
                message.val += static_cast<char>(' ' + random() % 0x5f);
            }
        }
        std::string const json = written(message);
        REQUIRE(json == "{\"id\":" + std::to_string(message.id) + ",\"val\":" + letterByLetter(message.val) + "}");
        REQUIRE(readBack<TestMsg>(json) == message);
    }
}

TEST_CASE(ICHOR_JSON_ENGINE ": half of a surrogate pair is refused at each place of a text", "[json]") {
    for (std::size_t length = 0; length < 40; ++length) {
        std::string const start = "{\"id\":1,\"val\":\"" + std::string(length, 'x');
        auto const refusal = refusalOf<TestMsg>(start + "\\uDC00y\"}");
        CHECK(refusal.offset() >= start.size());
        CHECK(refusal.offset() <= start.size() + 8);
        CHECK_FALSE(complaintAbout<TestMsg>(start + "\\uD800\"}").empty());
        CHECK_FALSE(complaintAbout<TestMsg>(start + "\\uDC00").empty());
        CHECK(readBack<TestMsg>(start + "\\uD83D\\uDE00y\"}").val == std::string(length, 'x') + "\xF0\x9F\x98\x80y");
    }
}

TEST_CASE(ICHOR_JSON_ENGINE ": a field's name is told from those that resemble it", "[json]") {
    for (char const *name : {"i", "I", "ia", "da", "idd", "va", "vaL", "valu", "xal", ""}) {
        CHECK_THAT(complaintAbout<TestMsg>("{\"" + std::string(name) + "\":1,\"val\":\"\"}"), Catch::Contains("has no field \"id\""));
    }
}

TEST_CASE(ICHOR_JSON_ENGINE ": an integer that does not fit is refused, with what would", "[json]") {
    CHECK(readBack<TestMsg>(R"({"id":18446744073709551615,"val":""})").id == std::numeric_limits<uint64_t>::max());
    CHECK(readBack<TestMsg>(R"({"id":1e3,"val":""})").id == 1000);
    CHECK(readBack<TestMsg>(R"({"id":2.0,"val":""})").id == 2);

    CHECK_THAT(complaintAbout<Order>(R"({"number":256)"), Catch::Contains("\"number\" must be an integer from 0 to 255, but is 256"));
    CHECK_THAT(complaintAbout<Order>(R"({"number":-1)"), Catch::Contains("\"number\" must be an integer from 0 to 255, but is -1"));
    CHECK_THAT(complaintAbout<Order>(R"({"balance":2147483648)"), Catch::Contains("from -2147483648 to 2147483647, but is 2147483648"));
    CHECK_THAT(complaintAbout<TestMsg>(R"({"id":18446744073709551616)"), Catch::Contains("\"id\" must be an integer"));
    CHECK_THAT(complaintAbout<TestMsg>(R"({"id":1.5)"), Catch::Contains("\"id\" must be an integer"));
    CHECK_THAT(complaintAbout<TestMsg>(R"({"id":1e18)"), Catch::Contains("\"id\" must be an integer"));
}

TEST_CASE(ICHOR_JSON_ENGINE ": a value of another kind is refused, by its path", "[json]") {
    CHECK_THAT(complaintAbout<TestMsg>("[]"), Catch::StartsWith("the document must be an object, but is an array (at byte "));
    CHECK_THAT(complaintAbout<TestMsg>("5"), Catch::StartsWith("the document must be an object, but is a number"));
    CHECK_THAT(complaintAbout<TestMsg>("null"), Catch::StartsWith("the document must be an object, but is null"));
    CHECK_THAT(complaintAbout<TestMsg>(R"({"id":"20"})"), Catch::StartsWith("\"id\" must be an integer from 0 to"));
    CHECK_THAT(complaintAbout<TestMsg>(R"({"id":1,"val":2})"), Catch::StartsWith("\"val\" must be a text, but is a number"));
    CHECK_THAT(complaintAbout<TestMsg>(R"({"id":1,"val":null})"), Catch::StartsWith("\"val\" must be a text, but is null"));
    CHECK_THAT(complaintAbout<Order>(R"({"isPaid":1})"), Catch::StartsWith("\"isPaid\" must be true or false, but is a number"));
    CHECK_THAT(complaintAbout<Order>(R"({"isPaid":{}})"), Catch::StartsWith("\"isPaid\" must be true or false, but is an object"));
    CHECK_THAT(complaintAbout<Order>(R"({"number":false})"), Catch::Contains("but is false"));
    CHECK_THAT(complaintAbout<Order>(R"({"weight":1e39})"), Catch::StartsWith("\"weight\" must be a number that a float can hold"));
    CHECK_THAT(complaintAbout<Order>(R"({"grid":[[1,2],[3,"x"]]})"), Catch::StartsWith("\"grid[1][1]\" must be an integer"));
    CHECK_THAT(complaintAbout<Order>(orderJson(R"({"name":"a","price":1},{"name":"b","price":"dear"})")),
               Catch::StartsWith("\"items[1].price\" must be a number, but is a text"));
    CHECK_THAT(complaintAbout<Order>(orderJson(R"({"name":"a","price":1,"note":5})")),
               Catch::StartsWith("\"items[0].note\" must be a text"));
}

TEST_CASE(ICHOR_JSON_ENGINE ": a missing field is named, with the object that lacks it", "[json]") {
    CHECK_THAT(complaintAbout<TestMsg>("{}"), Catch::StartsWith("the document has no field \"id\""));
    CHECK_THAT(complaintAbout<TestMsg>(R"({"id":1})"), Catch::StartsWith("the document has no field \"val\""));
    CHECK_THAT(complaintAbout<Order>(orderJson(R"({"name":"a","price":1},{"name":"b"})")),
               Catch::StartsWith("\"items[1]\" has no field \"price\""));
    CHECK_THAT(complaintAbout<Order>(R"({"message":{"id":1}})"), Catch::StartsWith("\"message\" has no field \"val\""));
}

TEST_CASE(ICHOR_JSON_ENGINE ": what is no JSON is refused, and where", "[json]") {
    auto const refusal = refusalOf<TestMsg>(R"({"id":20,"val":five})");
    CHECK(refusal.offset() >= 14);
    CHECK(refusal.offset() <= 16);
    CHECK_THAT(refusal.message(), Catch::EndsWith("(at byte " + std::to_string(refusal.offset()) + ")"));

    for (std::string const &json : {""s,
                                    " "s,
                                    "{"s,
                                    R"({"id":20,"val":"five"},)"s,
                                    R"({"id":20,"val":"five"}x)"s,
                                    R"({"id":20 "val":""})"s,
                                    R"({"id":20,"val":"",})"s,
                                    R"({id:20,"val":""})"s,
                                    R"({'id':20,"val":""})"s,
                                    R"({"id":020,"val":""})"s,
                                    R"({"id":+1,"val":""})"s,
                                    R"({"id":1.,"val":""})"s,
                                    R"({"id":0x1,"val":""})"s,
                                    R"({"id":NaN,"val":""})"s,
                                    "{\"id\":1,\"val\":\"\n\"}"s,
                                    R"({"id":1,"val":"\x"})"s,
                                    R"({"id":1,"val":"\uD800"})"s,
                                    R"({"id":1,"val":"\uDC00"})"s,
                                    R"({"id":1,"val":"\uDFFFx"})"s,
                                    R"({"id":1,"val":"\uD83D\uDE00\uDE00"})"s,
                                    R"({"id":1,"val":"","\uDC00":1})"s,
                                    R"(/**/{"id":1,"val":""})"s,
                                    "{\"id\":1,\"val\":\"\"}\0"s + '\0',
                                    "{\"id\":1,\0\"val\":\"\"}"s}) {
        INFO(json);
        CHECK_FALSE(complaintAbout<TestMsg>(json).empty());
    }
}

TEST_CASE(ICHOR_JSON_ENGINE ": bytes that are not UTF-8 are refused", "[json]") {
    for (char const *bytes : {"\xFF", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xC3",
                              "\xE2\x82", "\xF0\x9F\x98", "\xE2\x28\xA1"}) {
        CHECK_FALSE(complaintAbout<TestMsg>("{\"id\":1,\"val\":\"12345678"s + bytes + "\"}").empty());
        CHECK_FALSE(complaintAbout<TestMsg>("{\"id\":1,\"val\":\""s + bytes).empty());
    }
    CHECK(readBack<TestMsg>("{\"id\":1,\"val\":\"\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"}")
              .id == 1);
}

TEST_CASE(ICHOR_JSON_ENGINE ": every cut of a document is refused, and does no harm", "[json]") {
    std::string const whole = written(Order{.items = {{"a\n€", 1.5, "n"}}, .message = TestMsg{1, "x"}, .grid = {{1, 2}}});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        // In memory of exactly that size, so that a look behind its end is noticed.
        std::vector<uint8_t> const cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK_FALSE(Serializer<Order>{}.deserialize(cut).has_value());
    }
}

TEST_CASE(ICHOR_JSON_ENGINE ": nesting that is too deep is an error, wherever it is", "[json]") {
    std::size_t const deep = 100'000;
    CHECK_THAT(complaintAbout<TestMsg>(repeated("[", deep)), Catch::StartsWith("the document must be an object"));
    CHECK_THAT(complaintAbout<TestMsg>("{\"x\":" + repeated("[", deep)),
               Catch::StartsWith("objects and arrays are nested deeper than 512"));
    CHECK_THAT(complaintAbout<TestMsg>(repeated("{\"x\":", deep)), Catch::StartsWith("objects and arrays are nested deeper than 512"));
    CHECK_THAT(complaintAbout<Tree>(repeated("{\"children\":[", deep)), Catch::StartsWith("objects and arrays are nested deeper than 512"));
    CHECK_FALSE(Reader{}.check(repeated("[", deep) + repeated("]", deep)));

    CHECK(Reader{}.check(repeated("[", 512) + repeated("]", 512)));
    CHECK_FALSE(Reader{}.check(repeated("[", 513) + repeated("]", 513)));
    CHECK_NOTHROW(readBack<Tree>(repeated("{\"children\":[", 256) + repeated("]}", 256)));
}

TEST_CASE(ICHOR_JSON_ENGINE ": the deepest nesting needs little stack", "[json]") {
    // 53 KiB by RapidJSON and 85 by Boost.JSON, unoptimised 62 and 95, and a tenfold of it with what sanitizers add to each frame.
    constexpr bool isSanitized = ICHOR_USE_SANITIZERS || ICHOR_USE_THREAD_SANITIZER;
    bool isArrayRead = false, isObjectRead = false, isDeeperRead = true, isTreeRead = false;
    runOnStack(std::size_t{isSanitized ? 4096 : 192} * 1024, [&] {
        isArrayRead = Reader{}.check(repeated("[", 512) + repeated("]", 512));
        isObjectRead = Reader{}.check(repeated("{\"x\":", 511) + "{}" + repeated("}", 511));
        isDeeperRead = Reader{}.check(repeated("[{\"x\":", 100'000));
        isTreeRead = Serializer<Tree>{}.deserialize(repeated("{\"children\":[", 256) + repeated("]}", 256)).has_value();
    });
    CHECK(isArrayRead);
    CHECK(isObjectRead);
    CHECK_FALSE(isDeeperRead);
    CHECK(isTreeRead);
}

TEST_CASE(ICHOR_JSON_ENGINE ": numbers that no double is near are refused or next to nothing", "[json]") {
    CHECK(readBack<Item>(R"({"name":"a","price":1e-400})").price == 0);
    CHECK(readBack<Item>(R"({"name":"a","price":2e-324})").price == 0);
    CHECK(readBack<Item>(R"({"name":"a","price":3e-324})").price == 5e-324);
    CHECK(readBack<Item>(R"({"name":"a","price":-1.5e-3})").price == -1.5e-3);
    CHECK(readBack<Item>(R"({"name":"a","price":0.1000000000000000055511151231257827021181583404541015625})").price == 0.1);
    CHECK_FALSE(complaintAbout<Item>(R"({"name":"a","price":1e400})").empty());
    CHECK_FALSE(complaintAbout<Item>(R"({"name":"a","price":-1.8e308})").empty());
}

TEST_CASE(ICHOR_JSON_ENGINE ": floating point numbers are read back bit by bit", "[json]") {
    std::mt19937_64 random(42);
    for (int i = 0; i < 20'000; ++i) {
        auto const bits = random();
        double value = 0;
        std::memcpy(&value, &bits, sizeof(value));
        if (!std::isfinite(value)) continue;
        auto const copy = readBack<Item>(written(Item{"a", value, {}}));
        REQUIRE(copy.price == value);
    }
    for (double value : {0.1, 1.0 / 3, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740993.0, 1e23}) {
        CHECK(readBack<Item>(written(Item{"a", value, {}})).price == value);
    }
    CHECK(readBack<Order>(written(Order{.weight = 16777217.0f})).weight == 16777217.0f);
}

TEST_CASE(ICHOR_JSON_ENGINE ": numbers that JSON has no word for are written as null", "[json]") {
    CHECK(written(Item{"a", std::numeric_limits<double>::infinity(), {}}) == R"({"name":"a","price":null})");
    CHECK(written(Item{"a", std::numeric_limits<double>::quiet_NaN(), {}}) == R"({"name":"a","price":null})");
}

#if defined(ICHOR_JSON_VECTORS)
TEST_CASE(ICHOR_JSON_ENGINE ": accepts and refuses the documents of the JSON test suite as it says", "[json]") {
    // Source: https://github.com/nst/JSONTestSuite: y_ is JSON, n_ is none, i_ is up to the parser
    std::filesystem::path const folder = ICHOR_JSON_VECTORS;
    if (folder.empty()) {
        WARN("left out: ICHOR_JSON_VECTORS names no folder with the documents of the JSON test suite");
        return;
    }
    Reader reader;
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (auto const &entry : std::filesystem::directory_iterator(folder)) {
        std::string const name = entry.path().filename();
        if (entry.path().extension() != ".json") continue;
        std::ifstream file(entry.path(), std::ios::binary);
        std::string const json{std::istreambuf_iterator<char>(file), {}};
        bool const isAccepted = reader.check(json);
        INFO(name);
        if (name.starts_with("y_")) {
            CHECK(isAccepted);
            ++accepted;
        } else if (name.starts_with("n_")) {
            CHECK_FALSE(isAccepted);
            ++refused;
        }
    }
    CHECK(accepted > 0);
    CHECK(refused > 0);
}
#endif
