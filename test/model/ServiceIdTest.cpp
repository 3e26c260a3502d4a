#include <ichor/model/ManagerId.h>
#include <ichor/model/ServiceId.h>

#include <ichor/base/Containers.h>

#include <catch2/catch.hpp>

#include <concepts>
#include <string>
#include <thread>
#include <vector>

using namespace Ichor;

TEST_CASE("ServiceId: names services only", "[service_id]") {
    STATIC_REQUIRE_FALSE(std::same_as<ServiceId, ManagerId>);
    STATIC_REQUIRE_FALSE(std::constructible_from<ServiceId, ManagerId>);
    CHECK_FALSE(ServiceId{}.isValid());
}

TEST_CASE("ServiceGid: is written in the shape of a UUID", "[service_id]") {
    ServiceGid const id{0x123e4567e89b42d3ULL, 0xa456426614174000ULL};
    CHECK(toString(id) == "123e4567-e89b-42d3-a456-426614174000");
    CHECK(toString(ServiceGid{}) == "00000000-0000-0000-0000-000000000000");
    CHECK(toString(ServiceGid{~0ULL, ~0ULL}) == "ffffffff-ffff-ffff-ffff-ffffffffffff");
}

TEST_CASE("ServiceGid: a new one is a version 4 UUID", "[service_id]") {
    std::string const text = toString(ServiceGid::generate());
    REQUIRE(text.size() == 36);
    CHECK(text[14] == '4');
    CHECK(std::string("89ab").find(text[19]) != std::string::npos);
}

TEST_CASE("ServiceGid: new ones differ, also between threads", "[service_id]") {
    std::vector<std::vector<ServiceGid>> made(4, std::vector<ServiceGid>(2'000));
    std::vector<std::thread> threads;
    for (auto &ids : made) {
        threads.emplace_back([&ids] {
            for (ServiceGid &id : ids) id = ServiceGid::generate();
        });
    }
    for (std::thread &thread : threads) thread.join();

    UnorderedSet<ServiceGid> all;
    for (auto const &ids : made) {
        for (ServiceGid const &id : ids) all.insert(id);
    }
    CHECK(all.size() == 8'000);
}

TEST_CASE("ServiceGid: is valid unless it is all zero, and ordered by its digits", "[service_id]") {
    CHECK_FALSE(ServiceGid{}.isValid());
    CHECK(ServiceGid{0, 1}.isValid());
    CHECK(ServiceGid{0, 2} < ServiceGid{1, 1});
    CHECK(ServiceGid{1, 1} < ServiceGid{1, 2});
}
