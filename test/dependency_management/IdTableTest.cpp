#include <catch2/catch.hpp>
#include <ichor/dependency_management/IdTable.h>

#include <cstdint>
#include <ichor/dependency_management/RecordMemory.h>
#include <map>
#include <memory>
#include <random>

using namespace Ichor;

namespace {

using Value = std::shared_ptr<int>; // tells whether somebody still holds it
using Table = Detail::IdTable<Value, 4>;

std::map<std::uint64_t, Value> contentOf(Table const &table, std::uint64_t end) {
    std::map<std::uint64_t, Value> content;
    for (std::uint64_t id = 0; id < end; ++id) {
        if (Value value = table.find(ServiceId{id})) content.emplace(id, std::move(value));
    }
    return content;
}

} // namespace

TEST_CASE("IdTable: holds what a map would, whatever is set and erased in whatever order", "[dependency_management]") {
    constexpr std::uint64_t END = 200; // of pages of 16
    Table table;
    std::map<std::uint64_t, Value> expected;
    auto const seed = GENERATE(1U, 2U, 3U);
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 2'000; ++round) {
        std::uint64_t const id = random() % END;
        if (random() % 2 == 0) {
            auto value = std::make_shared<int>(round);
            table.set(ServiceId{id}, value);
            expected[id] = std::move(value);
        } else {
            REQUIRE(table.erase(ServiceId{id}) == (expected.erase(id) == 1));
        }
        REQUIRE(table.find(ServiceId{id}) == (expected.contains(id) ? expected[id] : nullptr));
        if (round % 100 == 0) REQUIRE(contentOf(table, END) == expected);
    }
    CHECK(contentOf(table, END) == expected);

    std::size_t visited = 0;
    table.forEach([&](Value const &) { ++visited; });
    CHECK(visited == expected.size());
}

TEST_CASE("IdTable: keeps nothing of what was erased, replaced or cleared, also when it was looked at last", "[dependency_management]") {
    Table table;
    auto const set = [&](std::uint64_t id) {
        auto value = std::make_shared<int>(0);
        table.set(ServiceId{id}, value);
        CHECK(table.find(ServiceId{id}) == value);
        return std::weak_ptr<int>(value);
    };
    auto const erased = set(1);
    table.erase(ServiceId{1});
    CHECK(erased.expired());
    CHECK(table.find(ServiceId{1}) == nullptr);

    auto const replaced = set(1);
    auto const replacement = set(1);
    CHECK(replaced.expired());
    CHECK_FALSE(table.erase(ServiceId{2})); // in the same page
    CHECK(table.find(ServiceId{1}) == replacement.lock());

    table.clear();
    CHECK(replacement.expired());
    CHECK(table.find(ServiceId{1}) == nullptr);
}

TEST_CASE("IdTable: one in memory of its own gives it all back", "[dependency_management]") {
    Detail::RecordMemory memory;
    void *const other = memory.allocate(16); // so that freed pages are kept
    std::size_t held = 0;
    for (int round = 0; round < 3; ++round) {
        Table table{memory};
        for (std::uint64_t id = 0; id < 5'000; ++id) table.set(ServiceId{id}, std::make_shared<int>(static_cast<int>(id)));
        for (std::uint64_t id = 0; id < 4'000; ++id) table.erase(ServiceId{id});
        CHECK(*table.find(ServiceId{4'999}) == 4'999);
        if (round == 0) held = memory.bytesHeld();
        CHECK(memory.bytesHeld() == held);
    }
    memory.deallocate(other, 16);
    CHECK(memory.bytesHeld() <= held);
}
