#include <ichor/base/Containers.h>

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>

using namespace Ichor;

TEST_CASE("UnorderedMap: a table of texts is searched with a view, without a copy", "[containers]") {
    UnorderedMap<std::string, int> ports;
    ports.emplace("http", 80);
    ports.emplace("https", 443);
    std::string_view const scheme = std::string_view("https://").substr(0, 5);
    REQUIRE(ports.find(scheme) != ports.end());
    CHECK(ports.find(scheme)->second == 443);
    CHECK(ports.find(std::string_view("ftp")) == ports.end());
    CHECK(ports.contains("http"));
}

TEST_CASE("UnorderedMap: erasing while walking over it leaves the others", "[containers]") {
    UnorderedMap<int, std::unique_ptr<int>> map;
    for (int i = 0; i < 1'000; ++i) map.emplace(i, std::make_unique<int>(i));
    for (auto entry = map.begin(); entry != map.end();) {
        if (entry->first % 2 == 0) {
            map.erase(entry++);
        } else {
            ++entry;
        }
    }
    CHECK(map.size() == 500);
    CHECK(*map.at(7) == 7);
}

TEST_CASE("UnorderedSet: holds each element once", "[containers]") {
    UnorderedSet<std::string> names;
    CHECK(names.insert("a").second);
    CHECK_FALSE(names.insert("a").second);
    CHECK(names.contains(std::string_view("a")));
}
