// Pushing events, and hearing of them.

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <ichor/services/http/HttpRouteRegistration.h>

#include <catch2/catch.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace Ichor;

namespace {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow" // users name a constructor's parameter like the member
struct OrderPlaced final : EventOf<OrderPlaced> {
    explicit OrderPlaced(uint64_t order) : order(order) {}
    uint64_t order;
};
#pragma GCC diagnostic pop

struct OrderShipped final : EventOf<OrderShipped> {};

using Journal = std::vector<std::string>;
Journal journal; // what the services of one test did, in order

void note(std::string_view what, OrderPlaced const &event) { journal.push_back(std::string(what) + " " + std::to_string(event.order)); }

/// What every event tells of itself, kept for the test.
struct Seen {
    std::string name;
    std::uint64_t id{0};
    ServiceId origin;
    Priority priority;
};
std::vector<Seen> seen;

class Handler final {
public:
    Handler(DependencyManager &dm, IService &self) { _handler = dm.registerEventHandler<OrderPlaced>(this, self); }
    Task<void> handleEvent(OrderPlaced const &event) {
        seen.push_back({std::string(event.name()), event.id(), event.origin(), event.priority()});
        note("begin", event);
        co_await yieldNow();
        note("handled", event); // the event lives as long as the coroutine
        if (event.order == 13) throw std::runtime_error("unlucky");
    }

private:
    EventHandlerRegistration _handler;
};

class PlainHandler final {
public:
    PlainHandler(DependencyManager &dm, IService &self) : _handler(dm.registerEventHandler<OrderPlaced>(this, self)) {}
    void handleEvent(OrderPlaced const &event) { note("plain", event); }

private:
    EventHandlerRegistration _handler;
};

class GeneratingHandler final {
public:
    GeneratingHandler(DependencyManager &dm, IService &self) : _handler(dm.registerEventHandler<OrderPlaced>(this, self)) {}
    AsyncGenerator<int> handleEvent(OrderPlaced const &event) {
        note("first part", event);
        co_yield 1;
        co_await yieldNow();
        note("second part", event);
        co_yield 2;
    }

private:
    EventHandlerRegistration _handler;
};

class Interceptor final {
public:
    Interceptor(DependencyManager &dm, IService &self) { _interceptor = dm.registerEventInterceptor<OrderPlaced>(this, self); }
    bool preInterceptEvent(OrderPlaced const &event) {
        note("before", event);
        return event.order != 7;
    }
    void postInterceptEvent(OrderPlaced const &event, bool processed) { note(processed ? "processed" : "forbidden", event); }

private:
    EventInterceptorRegistration _interceptor;
};

class InterceptorOfAll final {
public:
    InterceptorOfAll(DependencyManager &dm, IService &self) { _interceptor = dm.registerEventInterceptor<Event>(this, self); }
    bool preInterceptEvent(Event const &event) {
        journal.emplace_back(event.name());
        return true;
    }
    void postInterceptEvent(Event const &, bool) {}

private:
    EventInterceptorRegistration _interceptor;
};

class Pusher final {
public:
    Pusher(DependencyManager &dm, IService &self) { _callbacks = dm.registerEventCompletionCallbacks<OrderPlaced>(this, self); }
    void handleCompletion(OrderPlaced const &event) { note("completed", event); }
    void handleError(OrderPlaced const &event, EventError const &error) {
        note(error.handlerName + " says " + error.message + " of", event);
    }

private:
    EventCompletionHandlerRegistration _callbacks;
};

/// Pushes functions that touch it, as `this` of a service.
class Ticker final {
public:
    Ticker(IEventQueue &queue, IService &self) {
        queue.pushEvent<RunFunctionEvent>(self.getServiceId(), [this] { tick(); });
        queue.pushEvent<RunFunctionEventAsync>(self.getServiceId(), [this]() -> Task<void> { co_await refresh(); });
    }

private:
    void tick() { journal.push_back("tick " + std::to_string(++_count)); }
    Task<void> refresh() {
        co_await yieldNow();
        journal.push_back("refresh " + std::to_string(++_count));
    }
    int _count = 0;
};

struct Fixture {
    Fixture() {
        journal.clear();
        seen.clear();
    }
    ~Fixture() {
        dm.quit();
        queue.runUntilIdle();
    }
    Fixture(Fixture const &) = delete;
    Fixture &operator=(Fixture const &) = delete;

    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
};

} // namespace

TEST_CASE("API: an event has its type and name by itself, its id, origin and priority by the push", "[api]") {
    STATIC_REQUIRE(OrderPlaced::TYPE != OrderShipped::TYPE);
    Fixture f;
    IService &self = f.dm.createServiceManager<Handler>();
    f.queue.runUntilIdle();
    IEventQueue &queue = f.queue;
    queue.pushEvent<OrderPlaced>(self.getServiceId(), 42u);
    queue.pushPrioritisedEvent<OrderPlaced>(self.getServiceId(), Priority{10}, 43u);
    CHECK(queue.tryPushEvent<OrderPlaced>(self.getServiceId(), 44u));
    f.queue.runUntilIdle();

    REQUIRE(seen.size() == 3);
    CHECK(journal.front() == "begin 43"); // a lower priority runs sooner
    CHECK(journal.size() == 6);
    for (Seen const &event : seen) {
        CHECK_THAT(event.name, Catch::EndsWith("OrderPlaced"));
        CHECK(event.origin == self.getServiceId());
    }
    CHECK(seen[0].priority == Priority{10});
    CHECK(seen[1].priority == DEFAULT_PRIORITY);
    CHECK(seen[0].id != seen[1].id);
    CHECK(seen[1].id != seen[2].id);
}

TEST_CASE("API: events may be pushed from any thread", "[api]") {
    Fixture f;
    IService &self = f.dm.createServiceManager<PlainHandler>();
    f.queue.runUntilIdle();
    std::thread{[&] {
        for (unsigned i = 0; i < 3; ++i) f.queue.pushEvent<OrderPlaced>(self.getServiceId(), i);
    }}.join();
    f.queue.runUntilIdle();
    CHECK(journal == Journal{"plain 0", "plain 1", "plain 2"});
}

TEST_CASE("API: a bounded queue that is full says no to tryPushEvent", "[api]") {
    VirtualTimeQueue queue(QueueOptions{.capacity = 2});
    CHECK(queue.tryPushEvent<OrderPlaced>(ServiceId{}, 1u));
    CHECK(queue.tryPushEvent<OrderPlaced>(ServiceId{}, 2u));
    CHECK_FALSE(queue.tryPushEvent<OrderPlaced>(ServiceId{}, 3u));
    CHECK_THROWS_AS(queue.pushEvent<OrderPlaced>(ServiceId{}, 3u), QueueFull);
}

TEST_CASE("API: functions and coroutines run as events", "[api]") {
    Fixture f;
    f.dm.createServiceManager<Ticker>();
    f.queue.runUntilIdle();
    CHECK(journal == Journal{"tick 1", "refresh 2"});
}

TEST_CASE("API: a handler is a function, a task or a generator, and ends with its registration", "[api]") {
    Fixture f;
    f.dm.createServiceManager<PlainHandler>();
    f.dm.createServiceManager<Handler>();
    ServiceId const generating = f.dm.createServiceManager<GeneratingHandler>();
    f.queue.runUntilIdle();
    f.queue.pushEvent<OrderPlaced>(ServiceId{}, 42u);
    f.queue.runUntilIdle();
    CHECK_THAT(journal, Catch::UnorderedEquals(Journal{"plain 42", "begin 42", "handled 42", "first part 42", "second part 42"}));

    journal.clear();
    f.dm.removeService(generating);
    f.queue.runUntilIdle();
    f.queue.pushEvent<OrderPlaced>(ServiceId{}, 43u);
    f.queue.runUntilIdle();
    CHECK_THAT(journal, Catch::UnorderedEquals(Journal{"plain 43", "begin 43", "handled 43"}));
}

TEST_CASE("API: an interceptor sees events before and after, and may forbid them", "[api]") {
    Fixture f;
    f.dm.createServiceManager<Interceptor>();
    f.dm.createServiceManager<PlainHandler>();
    f.queue.runUntilIdle();
    f.queue.pushEvent<OrderPlaced>(ServiceId{}, 42u);
    f.queue.pushEvent<OrderPlaced>(ServiceId{}, 7u);
    f.queue.runUntilIdle();
    CHECK(journal == Journal{"before 42", "plain 42", "processed 42", "before 7", "forbidden 7"});
}

TEST_CASE("API: an interceptor of Event sees all of them", "[api]") {
    Fixture f;
    f.dm.createServiceManager<InterceptorOfAll>();
    f.queue.runUntilIdle();
    journal.clear();
    f.queue.pushEvent<OrderPlaced>(ServiceId{}, 42u);
    f.queue.pushEvent<OrderShipped>(ServiceId{});
    f.queue.runUntilIdle();
    CHECK(journal == Journal{std::string(OrderPlaced::NAME), std::string(OrderShipped::NAME)});
}

TEST_CASE("API: who pushed an event is told once it was handled, or what failed", "[api]") {
    Fixture f;
    IService &pusher = f.dm.createServiceManager<Pusher>();
    f.dm.createServiceManager<Handler>();
    f.queue.runUntilIdle();
    f.queue.pushEvent<OrderPlaced>(pusher.getServiceId(), 1u);
    f.queue.runUntilIdle();
    CHECK(journal == Journal{"begin 1", "handled 1", "completed 1"});

    journal.clear();
    f.queue.pushEvent<OrderPlaced>(pusher.getServiceId(), 13u);
    f.queue.runUntilIdle();
    CHECK(journal == Journal{"begin 13", "handled 13", "Handler says unlucky of 13"});

    journal.clear();
    f.queue.pushEvent<OrderPlaced>(ServiceId{}, 2u); // of somebody else
    f.queue.runUntilIdle();
    CHECK(journal == Journal{"begin 2", "handled 2"});
}

TEST_CASE("API: default-constructed registrations hold nothing", "[api]") {
    CHECK_FALSE(EventHandlerRegistration{}.isRegistered());
    CHECK_FALSE(EventInterceptorRegistration{}.isRegistered());
    CHECK_FALSE(EventCompletionHandlerRegistration{}.isRegistered());
    CHECK_FALSE(DependencyTrackerRegistration{}.isRegistered());
    CHECK_FALSE(HttpRouteRegistration{}.isActive());
}
