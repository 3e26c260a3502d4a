#include <ichor/event_queues/RealtimeQueue.h>

#include <event_queues/ScriptedProcessor.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Detail;
using namespace Ichor::Testing;

namespace {

constexpr ServiceId ORIGIN{7};
std::vector<Priority> const NO_PRIORITIES;

struct Wide final : EventOf<Wide> {
    explicit Wide(int n) noexcept : number(n) {}
    int number;
    std::array<char, 900> bytes{};
};

struct Boxed final : EventOf<Boxed> {
    explicit Boxed(int n) noexcept : number(n) {}
    int number;
    std::array<char, 2000> bytes{};
};

int numberOf(Event const &event) {
    if (event.type() == Boxed::TYPE) return static_cast<Boxed const &>(event).number;
    return static_cast<Numbered const &>(event).number;
}

RealtimeSettings small() {
    RealtimeSettings settings;
    settings.realtime = Realtime::BestEffort;
    settings.isMemoryLocked = false;
    settings.capacity = 1'000;
    settings.eventBytes = sizeof(Numbered);
    settings.timers = settings.coroutines = 0;
    return settings;
}

} // namespace

TEST_CASE("EventStore: one with fixed memory takes what it was made for, then no more, and has all of it again when it is empty",
          "[event_store][realtime]") {
    constexpr int PLANNED = 5'000;
    EventStore store;
    store.fix({.recordBytes = PLANNED * sizeof(Numbered), .priorities = &NO_PRIORITIES});
    std::size_t const bytes = store.bytesHeld();
    for (int round = 0; round < 3; ++round) {
        int taken = 0;
        try {
            for (;; ++taken) store.emplace<Numbered, Accounting::COUNTED>(1, ORIGIN, DEFAULT_PRIORITY, taken);
        } catch (StoreFull const &) {}
        CHECK(taken >= PLANNED);
        CHECK(store.size() == static_cast<std::size_t>(taken));
        for (int i = 0; i < taken; ++i) {
            REQUIRE(numberOf(*store.front()) == i);
            store.popFront();
        }
        CHECK(store.isEmpty());
        CHECK(store.bytesHeld() == bytes);
    }
}

TEST_CASE("EventStore: one with fixed memory has room for all it was made for when that comes from others two by two",
          "[event_store][realtime]") {
    // Each time a chunk with two events in it: chained one behind another those would need a chunk for two events.
    constexpr int PLANNED = 4'000;
    StorePlan const plan{.recordBytes = PLANNED * sizeof(Numbered), .priorities = &NO_PRIORITIES};
    std::array<EventStore, 2> others; // the owner has their memory when it ends
    EventStore owner;
    owner.fix(plan);
    for (EventStore &other : others) other.fix(plan);
    for (int i = 0; i < PLANNED; i += 2) {
        EventStore &other = others[static_cast<std::size_t>(i / 2 % 2)];
        other.absorbHandedBack();
        if (i % 100 == 0) {
            other.emplace<Boxed, Accounting::COUNTED>(1, ORIGIN, DEFAULT_PRIORITY, i);
        } else {
            other.emplace<Numbered, Accounting::COUNTED>(1, ORIGIN, DEFAULT_PRIORITY, i);
        }
        other.emplace<Numbered, Accounting::COUNTED>(1, ORIGIN, DEFAULT_PRIORITY, i + 1);
        owner.splice(other);
    }
    REQUIRE(owner.size() == PLANNED);
    for (int i = 0; i < PLANNED; ++i) {
        REQUIRE(numberOf(*owner.front()) == i);
        owner.popFront();
    }
    CHECK(owner.isEmpty());
}

TEST_CASE("RealtimeQueue: an event more than there is room for is refused, counted, and changes nothing", "[realtime][capacity]") {
    RealtimeQueue queue(small());
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    int taken = 0;
    auto const fill = [&] {
        while (queue.tryPushEvent<Numbered>(ORIGIN, taken)) ++taken;
        CHECK_THROWS_AS(queue.pushEvent<Numbered>(ORIGIN, -1), QueueFull);
    };
    SECTION("by the thread's own pushes") { processor.onStarted = fill; }
    SECTION("by another thread") { std::thread(fill).join(); }
    processor.onEvent = [&](Event &) {
        if (processor.numbers.size() == static_cast<std::size_t>(taken)) processor.finish();
    };
    queue.start();
    CHECK(taken == 1'000);
    CHECK(queue.refusedEvents() == 2);
    CHECK(processor.numbers.size() == 1'000);
    CHECK(processor.numbers.back() == 999);
}

TEST_CASE("RealtimeQueue: events larger than it was made for fill it sooner, and those that it took are not lost", "[realtime][capacity]") {
    RealtimeQueue queue(small());
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    int taken = 0;
    auto const fill = [&] {
        while (queue.tryPushEvent<Wide>(ORIGIN, taken)) ++taken;
        CHECK_THROWS_AS(queue.pushEvent<Wide>(ORIGIN, -1), QueueFull);
    };
    SECTION("by the thread's own pushes") { processor.onStarted = fill; }
    SECTION("by another thread") { std::thread(fill).join(); }
    std::vector<int> seen;
    processor.onEvent = [&](Event &event) {
        seen.push_back(static_cast<Wide &>(event).number);
        if (seen.size() == static_cast<std::size_t>(taken)) processor.finish();
    };
    queue.start();
    CHECK(taken > 100);
    CHECK(taken < 1'000);
    CHECK(seen.size() == static_cast<std::size_t>(taken));
    CHECK(std::is_sorted(seen.begin(), seen.end()));
}
