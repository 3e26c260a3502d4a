#include <ichor/event_queues/EventStore.h>

#include <event_queues/FailingAllocation.h>
#include <event_queues/ScriptedProcessor.h>

#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Detail;
using Ichor::Testing::FailingAllocation;
using Ichor::Testing::Numbered;

namespace {

constexpr ServiceId ORIGIN{7};

struct Large final : EventOf<Large> {
    explicit Large(int n) noexcept : number(n) { bytes.fill(static_cast<std::uint8_t>(n)); }
    int number;
    std::array<std::uint8_t, 5000> bytes;
};

struct NearlyLarge final : EventOf<NearlyLarge> {
    explicit NearlyLarge(int n) noexcept : number(n) {}
    int number;
    std::array<std::uint8_t, 900> bytes{};
};

struct alignas(128) OverAligned final : EventOf<OverAligned> {
    explicit OverAligned(int n) noexcept : number(n) {}
    int number;
};

struct Owning final : EventOf<Owning> {
    explicit Owning(std::shared_ptr<int> v) noexcept : value(std::move(v)) {}
    std::shared_ptr<int> value;
};

struct Throwing final : EventOf<Throwing> {
    Throwing(EventStore *store, int others) {
        for (int i = 0; i < others; ++i) store->emplace<Numbered, Accounting::COUNTED>(1, ORIGIN, DEFAULT_PRIORITY, i);
        throw std::runtime_error("no");
    }
};

template <class E, class... Args>
E &push(EventStore &store, Priority priority, Args &&...args) {
    return store.emplace<E, Accounting::COUNTED>(1, ORIGIN, priority, std::forward<Args>(args)...);
}

std::vector<int> drain(EventStore &store) {
    std::vector<int> numbers;
    while (Event *event = store.front()) {
        if (event->type() == Numbered::TYPE) numbers.push_back(static_cast<Numbered *>(event)->number);
        if (event->type() == Large::TYPE) numbers.push_back(static_cast<Large *>(event)->number);
        if (event->type() == NearlyLarge::TYPE) numbers.push_back(static_cast<NearlyLarge *>(event)->number);
        if (event->type() == OverAligned::TYPE) numbers.push_back(static_cast<OverAligned *>(event)->number);
        store.popFront();
    }
    return numbers;
}

} // namespace

TEST_CASE("EventStore: an event knows what it was pushed with", "[store]") {
    EventStore store;
    store.emplace<Numbered, Accounting::COUNTED>(42, ORIGIN, Priority{5}, 1);
    Event *event = store.front();
    REQUIRE(event != nullptr);
    CHECK(event->id() == 42);
    CHECK(event->origin() == ORIGIN);
    CHECK(event->priority() == Priority{5});
    CHECK(event->type() == Numbered::TYPE);
    CHECK(event->name() == Numbered::NAME);
    store.popFront();
    CHECK(store.isEmpty());
    CHECK(store.front() == nullptr);
}

TEST_CASE("EventStore: events of one priority come out in the order in which they went in, however many", "[store]") {
    for (int count : {1, 2, 11, 12, 13, 500, 5'000, 300'000}) {
        EventStore store;
        for (int i = 0; i < count; ++i) push<Numbered>(store, DEFAULT_PRIORITY, i);
        CHECK(store.size() == static_cast<std::size_t>(count));
        std::vector<int> numbers = drain(store);
        REQUIRE(numbers.size() == static_cast<std::size_t>(count));
        CHECK(std::is_sorted(numbers.begin(), numbers.end()));
    }
}

TEST_CASE("EventStore: a lower priority comes first", "[store]") {
    EventStore store;
    push<Numbered>(store, Priority{1000}, 3);
    push<Numbered>(store, Priority{10}, 1);
    push<Numbered>(store, Priority{1000}, 4);
    push<Numbered>(store, Priority{0}, 0);
    push<Numbered>(store, Priority{10}, 2);
    push<Numbered>(store, Priority{~std::uint64_t{0}}, 5);
    CHECK(drain(store) == std::vector<int>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("EventStore: popFront takes what front returned, also when something more urgent came since", "[store]") {
    EventStore store;
    push<Numbered>(store, Priority{1000}, 1);
    REQUIRE(static_cast<Numbered *>(store.front())->number == 1);
    push<Numbered>(store, Priority{10}, 0);
    store.popFront();
    REQUIRE(static_cast<Numbered *>(store.front())->number == 0);
    store.popFront();
    CHECK(store.isEmpty());
}

TEST_CASE("EventStore: each push while the one before it is in use moves on without end or growth", "[store]") {
    EventStore store;
    push<Numbered>(store, DEFAULT_PRIORITY, 0);
    for (int i = 1; i < 100'000; ++i) {
        REQUIRE(static_cast<Numbered *>(store.front())->number == i - 1);
        push<Numbered>(store, DEFAULT_PRIORITY, i);
        store.popFront();
    }
    CHECK(store.bytesHeld() < 64 * 1024);
}

TEST_CASE("EventStore: ever more urgent events, each pushed while the one before it is in use, leave no lanes behind", "[store]") {
    EventStore store;
    constexpr std::uint64_t COUNT = 100'000;
    push<Numbered>(store, Priority{COUNT}, 0);
    for (std::uint64_t i = 1; i < COUNT; ++i) {
        REQUIRE(store.front() != nullptr);
        push<Numbered>(store, Priority{COUNT - i}, static_cast<int>(i));
        store.popFront();
    }
    CHECK(store.laneCount() < 100);
    CHECK(store.bytesHeld() < 256 * 1024);
}

TEST_CASE("EventStore: 100,000 priorities at once are in order and leave no memory behind", "[store]") {
    constexpr std::uint64_t COUNT = 100'000;
    constexpr std::uint64_t SPREAD = Priority::LAST / COUNT;
    EventStore store;
    std::vector<std::uint64_t> priorities(COUNT);
    for (std::uint64_t i = 0; i < COUNT; ++i) priorities[i] = i * SPREAD + 1;
    std::shuffle(priorities.begin(), priorities.end(), std::mt19937_64(1));
    for (std::uint64_t priority : priorities) push<Numbered>(store, Priority{priority}, 0);
    std::uint64_t last = 0;
    while (Event *event = store.front()) {
        REQUIRE(event->priority().value > last);
        last = event->priority().value;
        store.popFront();
    }
    CHECK(last == (COUNT - 1) * SPREAD + 1);
    CHECK(store.laneCount() < 100);
    CHECK(store.bytesHeld() <= 8 * 1024 * 1024);
}

TEST_CASE("EventStore: 100,000 priorities used once one after another need no more than a few", "[store]") {
    EventStore store;
    for (std::uint64_t i = 0; i < 100'000; ++i) {
        push<Numbered>(store, Priority{i * 7919}, static_cast<int>(i));
        REQUIRE(static_cast<Numbered *>(store.front())->number == static_cast<int>(i));
        store.popFront();
    }
    CHECK(store.laneCount() < 100);
    CHECK(store.bytesHeld() < 256 * 1024);
}

TEST_CASE("EventStore: a long queue gives its memory back when it was emptied", "[store]") {
    EventStore store;
    for (int i = 0; i < 1'000'000; ++i) push<Numbered>(store, DEFAULT_PRIORITY, i);
    CHECK(store.bytesHeld() > 32'000'000);
    CHECK(store.bytesHeld() < 46'000'000);
    CHECK(drain(store).size() == 1'000'000);
    CHECK(store.bytesHeld() <= 6 * 1024 * 1024);
}

TEST_CASE("EventStore: a long lane below one that rests gives its memory back when it was emptied", "[store]") {
    EventStore store;
    push<Numbered>(store, Priority{1}, -1);
    REQUIRE(store.front() != nullptr);
    store.popFront();
    for (int i = 0; i < 1'000'000; ++i) push<Numbered>(store, DEFAULT_PRIORITY, i);
    CHECK(drain(store).size() == 1'000'000);
    CHECK(store.bytesHeld() <= 6 * 1024 * 1024);
    push<Numbered>(store, Priority{500}, 1);
    push<Numbered>(store, DEFAULT_PRIORITY, 2);
    push<Numbered>(store, Priority{1}, 0);
    CHECK(drain(store) == std::vector<int>{0, 1, 2});
}

TEST_CASE("EventStore: large, over-aligned and small events share a lane", "[store]") {
    EventStore store;
    for (int i = 0; i < 400; i += 4) {
        push<Numbered>(store, DEFAULT_PRIORITY, i);
        push<Large>(store, DEFAULT_PRIORITY, i + 1);
        push<OverAligned>(store, DEFAULT_PRIORITY, i + 2);
        push<NearlyLarge>(store, DEFAULT_PRIORITY, i + 3);
    }
    push<OverAligned>(store, Priority{1}, -1);
    CHECK(reinterpret_cast<std::uintptr_t>(store.front()) % 128 == 0);
    std::vector<int> numbers = drain(store);
    REQUIRE(numbers.size() == 401);
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));
}

TEST_CASE("EventStore: what is left is destroyed with it", "[store]") {
    auto value = std::make_shared<int>(1);
    {
        EventStore store;
        for (std::uint64_t i = 0; i < 100; ++i) push<Owning>(store, Priority{i % 7}, value);
        CHECK(value.use_count() == 101);
        static_cast<void>(store.front());
        store.popFront();
        CHECK(value.use_count() == 100);
    }
    CHECK(value.use_count() == 1);
}

TEST_CASE("EventStore: a constructor that throws leaves nothing", "[store]") {
    EventStore store;
    SECTION("in an empty store") {
        CHECK_THROWS_AS(push<Throwing>(store, DEFAULT_PRIORITY, &store, 0), std::runtime_error);
        CHECK(store.isEmpty());
        CHECK(store.front() == nullptr);
        push<Numbered>(store, DEFAULT_PRIORITY, 1);
        CHECK(drain(store) == std::vector<int>{1});
    }
    SECTION("behind others, at every place in a chunk") {
        for (int i = 0; i < 500; ++i) {
            push<Numbered>(store, DEFAULT_PRIORITY, i);
            CHECK_THROWS_AS(push<Throwing>(store, DEFAULT_PRIORITY, &store, 0), std::runtime_error);
            CHECK_THROWS_AS(push<Throwing>(store, Priority{static_cast<std::uint64_t>(i)}, &store, 0), std::runtime_error);
        }
        CHECK(store.size() == 500);
        CHECK(drain(store).size() == 500);
    }
    SECTION("what it pushed itself before it threw stays") {
        push<Numbered>(store, DEFAULT_PRIORITY, -1);
        CHECK_THROWS_AS(push<Throwing>(store, DEFAULT_PRIORITY, &store, 3), std::runtime_error);
        push<Numbered>(store, DEFAULT_PRIORITY, 9);
        CHECK(drain(store) == std::vector<int>{-1, 0, 1, 2, 9});
    }
    SECTION("behind which others are spliced, at every place in a chunk") {
        for (int before = 0; before < 100; ++before) {
            EventStore other;
            EventStore joined;
            for (int i = 0; i < before; ++i) push<Numbered>(joined, DEFAULT_PRIORITY, i);
            CHECK_THROWS_AS(push<Throwing>(joined, DEFAULT_PRIORITY, &joined, 0), std::runtime_error);
            push<Numbered>(other, DEFAULT_PRIORITY, before);
            joined.splice(other);
            CHECK(joined.size() == static_cast<std::size_t>(before) + 1);
            std::vector<int> const numbers = drain(joined);
            CHECK(numbers.size() == static_cast<std::size_t>(before) + 1);
            CHECK(numbers.back() == before);
            CHECK(joined.isEmpty());
        }
    }
    SECTION("even when nothing else is there any more") {
        CHECK_THROWS_AS(push<Throwing>(store, DEFAULT_PRIORITY, &store, 1), std::runtime_error);
        CHECK(drain(store) == std::vector<int>{0});
        CHECK(store.front() == nullptr);
        CHECK(store.isEmpty());
    }
}

TEST_CASE("EventStore: an allocation that fails during a push changes nothing", "[store]") {
    EventStore store;
    int next = 0;
    std::size_t failures = 0;
    for (int round = 0; round < 2'000; ++round) {
        for (std::size_t nth = 0;; ++nth) {
            FailingAllocation failing(nth);
            try {
                switch (round % 4) {
                case 0: push<Numbered>(store, DEFAULT_PRIORITY, next); break;
                case 1: push<Large>(store, DEFAULT_PRIORITY, next); break;
                case 2: push<OverAligned>(store, DEFAULT_PRIORITY, next); break;
                default: push<Numbered>(store, Priority{100'000 + static_cast<std::uint64_t>(round)}, next); break;
                }
                ++next;
                break;
            } catch (std::bad_alloc const &) {
                ++failures;
            }
            REQUIRE(store.size() == static_cast<std::size_t>(next));
        }
    }
    CHECK(failures > 1'000);
    std::vector<int> numbers = drain(store);
    CHECK(numbers.size() == 2'000);
}

TEST_CASE("EventStore: splicing takes all over, behind what is there", "[store]") {
    EventStore store;
    EventStore other;
    SECTION("into an empty store") {
        for (int i = 0; i < 1'000; ++i) push<Numbered>(other, DEFAULT_PRIORITY, i);
        store.splice(other);
        CHECK(other.isEmpty());
        CHECK(other.front() == nullptr);
        push<Numbered>(store, DEFAULT_PRIORITY, 1'000);
        std::vector<int> numbers = drain(store);
        CHECK(numbers.size() == 1'001);
        CHECK(std::is_sorted(numbers.begin(), numbers.end()));
    }
    SECTION("lane by lane") {
        push<Numbered>(store, Priority{1}, 0);
        push<Numbered>(store, Priority{3}, 5);
        push<Numbered>(other, Priority{3}, 6);
        push<Numbered>(other, Priority{1}, 1);
        push<Numbered>(other, Priority{2}, 3);
        push<Numbered>(other, Priority{1}, 2);
        push<Large>(other, Priority{2}, 4);
        store.splice(other);
        CHECK(store.size() == 7);
        CHECK(drain(store) == std::vector<int>{0, 1, 2, 3, 4, 5, 6});
    }
    SECTION("again and again, while an event is in use") {
        int pushed = 0;
        int popped = 0;
        std::mt19937 random(3);
        push<Numbered>(store, DEFAULT_PRIORITY, pushed++);
        while (pushed < 100'000) {
            REQUIRE(static_cast<Numbered *>(store.front())->number == popped++);
            for (auto n = random() % 40; n > 0; --n) push<Numbered>(other, DEFAULT_PRIORITY, pushed++);
            store.splice(other);
            other.absorbHandedBack();
            if (random() % 2 == 0) push<Numbered>(store, DEFAULT_PRIORITY, pushed++);
            store.popFront();
            if (store.isEmpty()) push<Numbered>(store, DEFAULT_PRIORITY, pushed++);
        }
        while (store.front() != nullptr) {
            REQUIRE(static_cast<Numbered *>(store.front())->number == popped++);
            store.popFront();
        }
        CHECK(popped == pushed);
    }
    SECTION("without any memory") {
        for (int i = 0; i < 1'000; ++i) push<Numbered>(other, Priority{static_cast<std::uint64_t>(i)}, i);
        {
            Ichor::Testing::NoMemory none;
            store.splice(other);
        }
        CHECK(store.size() == 1'000);
        std::vector<int> numbers = drain(store);
        CHECK(numbers.size() == 1'000);
        CHECK(std::is_sorted(numbers.begin(), numbers.end()));
        push<Numbered>(other, Priority{5}, 1);
        CHECK(drain(other) == std::vector<int>{1});
    }
    store.clear(); // before the store that its memory may come from
}

TEST_CASE("EventStore: random pushes, pops and splices agree with a simple model", "[store]") {
    std::size_t const priorities = GENERATE(2U, 3U, 5U, 50U);
    std::mt19937 random(20240607);
    EventStore other;
    EventStore store;
    std::vector<std::vector<int>> model(priorities);
    std::vector<std::vector<int>> otherModel(priorities);
    int next = 0;
    for (int step = 0; step < 200'000; ++step) {
        std::uint64_t priority = random() % priorities;
        switch (random() % 8) {
        case 0:
        case 1:
            push<Numbered>(store, Priority{priority}, next);
            model[priority].push_back(next++);
            break;
        case 2:
        case 3:
            push<Numbered>(other, Priority{priority}, next);
            otherModel[priority].push_back(next++);
            break;
        case 4:
            if (random() % 10 != 0) break;
            store.splice(other);
            other.absorbHandedBack();
            for (std::size_t i = 0; i < priorities; ++i) {
                model[i].insert(model[i].end(), otherModel[i].begin(), otherModel[i].end());
                otherModel[i].clear();
            }
            break;
        default: {
            Event *event = store.front();
            auto lane = std::find_if(model.begin(), model.end(), [](auto const &numbers) { return !numbers.empty(); });
            REQUIRE((event == nullptr) == (lane == model.end()));
            if (event == nullptr) break;
            REQUIRE(static_cast<Numbered *>(event)->number == lane->front());
            lane->erase(lane->begin());
            if (random() % 4 == 0) { // pushed by the handler of the one that goes
                push<Numbered>(store, Priority{priority}, next);
                model[priority].push_back(next++);
            }
            store.popFront();
        }
        }
    }
    store.clear();
}
