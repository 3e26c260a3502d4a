#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/RealtimeQueue.h>

#include <event_queues/RealtimeDeadlines.h>
#include <event_queues/ScriptedProcessor.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

struct Owning final : EventOf<Owning> {
    explicit Owning(std::shared_ptr<int> what) noexcept : owned(std::move(what)) {}
    std::shared_ptr<int> owned;
};

struct Throwing final : EventOf<Throwing> {
    Throwing() { throw std::runtime_error("no such event"); }
};

struct Placed final : EventOf<Placed> {
    Placed(std::int64_t d, int p, int n) noexcept : deadline(d), producer(p), number(n) {}
    std::int64_t deadline;
    int producer;
    int number;
};

} // namespace

TEST_CASE("RealtimeQueue: of events with deadlines the earliest runs next, and of equal deadlines the first one pushed",
          "[realtime][deadline]") {
    RealtimeQueue queue(modest());
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    TimePoint const base = inSomeHours(1);
    auto const push = [&] {
        for (int i = 0; i < 200; ++i) {
            // 10 deadlines, the later the sooner pushed; of each there are 20
            queue.pushEventBefore<Numbered>(ORIGIN, base + std::chrono::minutes(9 - i % 10), (9 - i % 10) * 1'000 + i);
        }
        queue.pushPrioritisedEvent<QuitEvent>(ORIGIN, Priority{Priority::LAST});
    };
    SECTION("by the thread's own pushes") { processor.onStarted = push; }
    SECTION("by another thread") { std::thread(push).join(); }
    queue.start();
    CHECK(processor.numbers.size() == 200);
    CHECK(std::is_sorted(processor.numbers.begin(), processor.numbers.end()));
    CHECK(queue.missedDeadlines() == 0);
}

TEST_CASE("RealtimeQueue: events with deadlines stand among the others where their priority says", "[realtime][deadline]") {
    RealtimeSettings settings = modest();
    settings.deadlinePriority = Priority{50};
    RealtimeQueue queue(settings);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    std::vector<std::uint32_t> priorities;
    processor.onEvent = [&](Event &event) { priorities.push_back(event.priority().value); };
    processor.onStarted = [&] {
        queue.pushPrioritisedEvent<Numbered>(ORIGIN, Priority{51}, 5);
        queue.pushEventBefore<Numbered>(ORIGIN, inSomeHours(2), 4);
        queue.pushEventBefore<Numbered>(ORIGIN, inSomeHours(1), 3);
        queue.pushPrioritisedEvent<Numbered>(ORIGIN, Priority{49}, 1);
        queue.pushPrioritisedEvent<Numbered>(ORIGIN, Priority{49}, 2);
        queue.pushPrioritisedEvent<QuitEvent>(ORIGIN, Priority{Priority::LAST});
        CHECK(queue.size() == 6);
    };
    queue.start();
    CHECK(processor.numbers == std::vector<int>{1, 2, 3, 4, 5});
    CHECK(priorities == std::vector<std::uint32_t>{49, 49, 50, 50, 51});
}

TEST_CASE("RealtimeQueue: an event with an earlier deadline that comes while others wait is next", "[realtime][deadline]") {
    RealtimeQueue queue(modest());
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    processor.onStarted = [&] {
        queue.pushEventBefore<Numbered>(ORIGIN, inSomeHours(2), 1);
        queue.pushEventBefore<Numbered>(ORIGIN, inSomeHours(5), 5);
        queue.pushEventBefore<Numbered>(ORIGIN, inSomeHours(6), 6);
    };
    processor.onEvent = [&](Event &event) {
        int const number = static_cast<Numbered &>(event).number;
        if (number == 1) {
            queue.pushEventBefore<Numbered>(ORIGIN, inSomeHours(4), 3);
            std::thread([&] { queue.pushEventBefore<Numbered>(ORIGIN, inSomeHours(3), 2); }).join();
        }
        if (number == 3) queue.pushEventBefore<Numbered>(ORIGIN, TimePoint{}, 4);
        if (number == 6) processor.finish();
    };
    queue.start();
    CHECK(processor.numbers == std::vector<int>{1, 2, 3, 4, 5, 6});
    CHECK(queue.missedDeadlines() == 1); // of the one whose deadline was long ago
}

TEST_CASE("RealtimeQueue: what several threads push before the start is handled in the order of the deadlines", "[realtime][deadline]") {
    constexpr int THREADS = 4;
    constexpr int EACH = 500;
    RealtimeSettings settings = modest();
    settings.deadlineCapacity = THREADS * EACH;
    RealtimeQueue queue(settings);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    TimePoint const base = inSomeHours(1);
    std::vector<std::thread> threads;
    for (int producer = 0; producer < THREADS; ++producer) {
        threads.emplace_back([&, producer] {
            std::minstd_rand random(static_cast<unsigned>(producer) + 1);
            for (int i = 0; i < EACH; ++i) {
                auto const seconds = static_cast<std::int64_t>(random() % 100);
                queue.pushEventBefore<Placed>(ORIGIN, base + std::chrono::seconds(seconds), seconds, producer, i);
            }
        });
    }
    for (std::thread &thread : threads) thread.join();
    std::vector<Placed> handled;
    processor.onEvent = [&](Event &event) {
        handled.push_back(static_cast<Placed &>(event));
        if (handled.size() == static_cast<std::size_t>(THREADS * EACH)) processor.finish();
    };
    queue.start();
    REQUIRE(handled.size() == static_cast<std::size_t>(THREADS * EACH));
    std::int64_t last = 0;
    std::vector<int> lastOfProducer(THREADS, -1);
    bool isInOrder = true;
    for (Placed const &event : handled) {
        if (event.deadline != last) std::fill(lastOfProducer.begin(), lastOfProducer.end(), -1);
        int &before = lastOfProducer[static_cast<std::size_t>(event.producer)];
        isInOrder = isInOrder && event.deadline >= last && event.number > before;
        last = event.deadline;
        before = event.number;
    }
    CHECK(isInOrder);
}

TEST_CASE("RealtimeQueue: what several threads push with deadlines while it runs is handled once each, and places come free again",
          "[realtime][deadline]") {
    constexpr int THREADS = 3;
    constexpr int EACH = 5'000;
    RealtimeSettings settings = modest();
    settings.deadlineCapacity = 16;
    RealtimeQueue queue(settings);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    std::vector<int> times(THREADS * EACH);
    int handled = 0;
    processor.onEvent = [&](Event &event) {
        auto const &placed = static_cast<Placed &>(event);
        ++times[static_cast<std::size_t>(placed.producer * EACH + placed.number)];
        if (++handled == THREADS * EACH) processor.finish();
    };
    std::vector<std::thread> threads;
    for (int producer = 0; producer < THREADS; ++producer) {
        threads.emplace_back([&, producer] {
            TimePoint const deadline = inSomeHours(producer + 1);
            for (int i = 0; i < EACH; ++i) {
                while (!queue.tryPushEventBefore<Placed>(ORIGIN, deadline, 0, producer, i)) std::this_thread::yield();
            }
        });
    }
    queue.start();
    for (std::thread &thread : threads) thread.join();
    CHECK(std::all_of(times.begin(), times.end(), [](int count) { return count == 1; }));
    CHECK(queue.missedDeadlines() == 0);
    CHECK(queue.size() == 0);
}

TEST_CASE("RealtimeQueue: an event with a deadline more than there is room for is refused, counted, and changes nothing",
          "[realtime][deadline][capacity]") {
    RealtimeSettings settings = modest();
    settings.deadlineCapacity = 3;
    RealtimeQueue queue(settings);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    auto const fill = [&] {
        for (int i = 0; i < 3; ++i) CHECK(queue.tryPushEventBefore<Numbered>(ORIGIN, inSomeHours(1), i));
        CHECK_FALSE(queue.tryPushEventBefore<Numbered>(ORIGIN, TimePoint{}, -1));
        CHECK_THROWS_AS(queue.pushEventBefore<Numbered>(ORIGIN, TimePoint{}, -1), QueueFull);
        CHECK(queue.tryPushEvent<Numbered>(ORIGIN, 3)); // the others have places of their own
    };
    SECTION("by the thread's own pushes") { processor.onStarted = fill; }
    SECTION("by another thread") { std::thread(fill).join(); }
    processor.onEvent = [&](Event &event) {
        int const number = static_cast<Numbered &>(event).number;
        if (number == 3) CHECK(queue.tryPushEventBefore<Numbered>(ORIGIN, inSomeHours(1), 4));
        if (number == 4) processor.finish();
    };
    queue.start();
    CHECK(processor.numbers == std::vector<int>{0, 1, 2, 3, 4});
    CHECK(queue.refusedEvents() == 2);
    CHECK(queue.missedDeadlines() == 0);
}

TEST_CASE("RealtimeQueue: an event with a deadline whose constructor throws takes no place", "[realtime][deadline]") {
    RealtimeSettings settings = modest();
    settings.deadlineCapacity = 1;
    RealtimeQueue queue(settings);
    for (int i = 0; i < 3; ++i) CHECK_THROWS_AS(queue.pushEventBefore<Throwing>(ORIGIN, TimePoint{}), std::runtime_error);
    CHECK(queue.size() == 0);
    CHECK(queue.tryPushEventBefore<Numbered>(ORIGIN, TimePoint{}, 1));
    CHECK(queue.size() == 1);
}

TEST_CASE("RealtimeQueue: events with deadlines that are left when it ends are destroyed and no misses, and no more are taken",
          "[realtime][deadline]") {
    auto owned = std::make_shared<int>(1);
    SECTION("it ran") {
        RealtimeQueue queue(modest());
        ScriptedProcessor &processor = ScriptedProcessor::of(queue);
        processor.onStarted = [&] {
            for (int i = 0; i < 10; ++i) queue.pushEventBefore<Owning>(ORIGIN, TimePoint{}, owned);
            std::thread([&] {
                for (int i = 0; i < 10; ++i) queue.pushEventBefore<Owning>(ORIGIN, TimePoint{}, owned);
            }).join();
            CHECK(owned.use_count() == 21);
            processor.finish();
        };
        queue.start();
        CHECK(owned.use_count() == 1);
        CHECK(queue.missedDeadlines() == 0);
        CHECK_THROWS_AS(queue.pushEventBefore<Owning>(ORIGIN, TimePoint{}, owned), QueueClosed);
        CHECK_FALSE(queue.tryPushEventBefore<Owning>(ORIGIN, TimePoint{}, owned));
        CHECK(owned.use_count() == 1);
    }
    SECTION("it never ran") {
        RealtimeQueue queue(modest());
        for (int i = 0; i < 10; ++i) queue.pushEventBefore<Owning>(ORIGIN, TimePoint{}, owned);
        CHECK(owned.use_count() == 11);
    }
    CHECK(owned.use_count() == 1);
}

TEST_CASE("RealtimeQueue: events with deadlines that threads push while it ends are destroyed", "[realtime][deadline]") {
    auto owned = std::make_shared<int>(1);
    for (int round = 0; round < 50; ++round) {
        RealtimeQueue queue(modest());
        ScriptedProcessor &processor = ScriptedProcessor::of(queue);
        int handled = 0;
        processor.onEvent = [&](Event &) {
            if (++handled == 20) processor.finish();
        };
        std::thread other([&] {
            // Full is no reason to end.
            for (bool hasEnded = false; !hasEnded;) {
                try {
                    queue.pushEventBefore<Owning>(ORIGIN, TimePoint{}, owned);
                } catch (QueueFull const &) {
                    std::this_thread::yield();
                } catch (QueueClosed const &) {
                    hasEnded = true;
                }
            }
        });
        queue.start();
        other.join();
        REQUIRE(owned.use_count() == 1);
    }
}

TEST_CASE("RealtimeQueue: the histogram counts an event with a deadline once", "[realtime][deadline]") {
    RealtimeQueue queue(modest());
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    processor.onStarted = [&] {
        for (int i = 0; i < 100; ++i) queue.pushEventBefore<Numbered>(ORIGIN, inSomeHours(1), i);
    };
    processor.onEvent = [&](Event &event) {
        if (static_cast<Numbered &>(event).number == 99) processor.finish();
    };
    queue.start();
    CHECK(queue.eventLatency().summary().count() == 100);
}

namespace {

struct Order final : EventOf<Order> {
    explicit Order(int n) noexcept : number(n) {}
    int number;
};

std::string trace;

class Clerk final {
public:
    Clerk(DependencyManager &dm, IEventQueue &queue, IService &self) : _orders(dm.registerEventHandler<Order>(this, self)) {
        RealtimeQueue &realtime = *queue.realtime();
        realtime.pushEventBefore<RunFunctionEvent>(self.getServiceId(), inSomeHours(3), [] { trace += "f "; });
        realtime.pushEventBefore<Order>(self.getServiceId(), inSomeHours(2), 2);
        realtime.pushEventBefore<Order>(self.getServiceId(), inSomeHours(1), 1);
        queue.pushPrioritisedEvent<QuitEvent>(self.getServiceId(), Priority{Priority::LAST});
    }
    Task<void> handleEvent(Order const &order) {
        trace += std::to_string(order.number) + " ";
        co_await yieldNow();
        trace += std::to_string(order.number) + "' "; // it has been kept
    }

private:
    EventHandlerRegistration _orders;
};

} // namespace

TEST_CASE("RealtimeQueue: a service pushes events with deadlines by its IEventQueue, and handlers may wait", "[realtime][deadline]") {
    trace.clear();
    RealtimeQueue queue(modest());
    CHECK(queue.realtime() == &queue);
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Clerk>();
    queue.start();
    // What a handler does after its wait has the priority of its service.
    CHECK(trace == "1 2 f 1' 2' ");
}

TEST_CASE("IEventQueue: one that is not realtime says so", "[realtime][deadline]") {
    PriorityQueue queue;
    CHECK(queue.realtime() == nullptr);
}
