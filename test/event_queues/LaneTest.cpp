#include <ichor/event_queues/Lane.h>

#include <event_queues/FailingAllocation.h>

#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

using namespace Ichor::Detail;

TEST_CASE("LaneHeap: the top has the lowest priority, whatever was inserted and removed", "[lane]") {
    std::mt19937 random(5);
    std::vector<std::unique_ptr<Lane>> lanes(500);
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        lanes[i] = std::make_unique<Lane>();
        lanes[i]->priority = i * 3;
    }
    LaneHeap heap;
    std::set<std::uint64_t> model;
    for (int step = 0; step < 100'000; ++step) {
        Lane &lane = random() % 8 == 0 && heap.top() != nullptr ? *heap.top() : *lanes[random() % lanes.size()];
        if (model.insert(lane.priority).second) {
            heap.insert(lane);
        } else {
            model.erase(lane.priority);
            heap.remove(lane);
        }
        REQUIRE((heap.top() == nullptr) == model.empty());
        if (!model.empty()) REQUIRE(heap.top()->priority == *model.begin());
    }
}

TEST_CASE("LaneTable: finds what is in it and nothing else, with and without memory to grow", "[lane]") {
    for (bool hasMemory : {true, false}) {
        std::vector<std::unique_ptr<Lane>> lanes(2'000);
        for (auto &lane : lanes) lane = std::make_unique<Lane>();
        LaneTable table;
        {
            std::unique_ptr<Ichor::Testing::NoMemory> none = hasMemory ? nullptr : std::make_unique<Ichor::Testing::NoMemory>();
            for (std::size_t i = 0; i < lanes.size(); ++i) {
                lanes[i]->priority = i << 32;
                table.insert(*lanes[i]);
            }
        }
        CHECK(table.size() == 2'000);
        for (auto &lane : lanes) REQUIRE(table.find(lane->priority) == lane.get());
        CHECK(table.find(1) == nullptr);
        for (std::size_t i = 0; i < lanes.size(); i += 2) table.remove(*lanes[i]);
        for (std::size_t i = 0; i < lanes.size(); ++i) REQUIRE((table.find(lanes[i]->priority) != nullptr) == (i % 2 == 1));
        for (std::size_t i = 1; i < lanes.size(); i += 2) table.remove(*lanes[i]);
        CHECK(table.size() == 0);
    }
}
