#include <catch2/catch.hpp>
#include <coroutines/CoroutineFixture.h>
#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/YieldNow.h>

#include <optional>
#include <thread>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

template <class Event>
Task<void> noting(Event &event, std::vector<int> &order, int name) {
    co_await event;
    order.push_back(name);
}

} // namespace

TEST_CASE("AsyncManualResetEvent: lets all through, in the order they came, until it is reset", "[coroutines]") {
    CoroutineFixture loop;
    AsyncManualResetEvent event;
    std::vector<int> order;
    TestRoot<void> roots[4];
    for (int i = 0; i < 3; ++i) loop.launch(roots[i], noting(event, order, i));
    CHECK_FALSE(event.isSet());
    event.set();
    CHECK(event.isSet());
    loop.runUntilIdle();
    CHECK(order == std::vector<int>{0, 1, 2});

    loop.launch(roots[3], noting(event, order, 3));
    CHECK(roots[3].hasSucceeded());
    event.reset();
    TestRoot<void> late;
    loop.launch(late, noting(event, order, 4));
    loop.runUntilIdle();
    CHECK(late.isRunning());
}

TEST_CASE("AsyncManualResetEvent: who was let through stays so when it is reset before they resume", "[coroutines]") {
    CoroutineFixture loop;
    AsyncManualResetEvent event;
    std::vector<int> order;
    TestRoot<void> root;
    loop.launch(root, noting(event, order, 1));
    event.set();
    event.reset();
    loop.runUntilIdle();
    CHECK(root.hasSucceeded());
}

TEST_CASE("AsyncAutoResetEvent: each set lets one through, in the order they came", "[coroutines]") {
    CoroutineFixture loop;
    AsyncAutoResetEvent event;
    std::vector<int> order;
    TestRoot<void> roots[3];
    for (int i = 0; i < 3; ++i) loop.launch(roots[i], noting(event, order, i));
    event.set();
    loop.runUntilIdle();
    CHECK(order == std::vector<int>{0});
    event.set();
    event.set();
    CHECK_FALSE(event.isSet());
    loop.runUntilIdle();
    CHECK(order == std::vector<int>{0, 1, 2});
}

TEST_CASE("AsyncAutoResetEvent: set without a waiter lets the next one through, and only that one", "[coroutines]") {
    CoroutineFixture loop;
    AsyncAutoResetEvent event;
    std::vector<int> order;
    event.set();
    event.set();
    TestRoot<void> roots[2];
    for (int i = 0; i < 2; ++i) loop.launch(roots[i], noting(event, order, i));
    CHECK(roots[0].hasSucceeded());
    CHECK(roots[1].isRunning());
    CHECK_FALSE(event.isSet());
    event.set();
    event.reset();
    loop.runUntilIdle();
    CHECK(roots[1].hasSucceeded());
}

TEST_CASE("AsyncAutoResetEvent: a waiter that is cancelled or destroyed after it was let through passes that on", "[coroutines]") {
    CoroutineFixture loop;
    AsyncAutoResetEvent event;
    std::vector<int> order;
    Scope scope;
    TestRoot<void> first;
    TestRoot<void> second;
    loop.launch(first, noting(event, order, 1), &scope);
    auto isDestroyed = GENERATE(false, true);
    auto hasNext = GENERATE(false, true);
    if (hasNext) loop.launch(second, noting(event, order, 2));
    event.set();
    if (isDestroyed) {
        first.abandon();
    } else {
        scope.cancel();
    }
    CHECK(event.isSet() == !hasNext);
    loop.runUntilIdle();
    CHECK(order == (hasNext ? std::vector<int>{2} : std::vector<int>{}));
    CHECK(first.wasCancelled() == !isDestroyed);
}

TEMPLATE_TEST_CASE("Async event: its waiters get Cancelled when it is destroyed", "[coroutines]", AsyncManualResetEvent,
                   AsyncAutoResetEvent) {
    CoroutineFixture loop;
    std::optional<TestType> event(std::in_place);
    std::vector<int> order;
    TestRoot<void> roots[2];
    for (int i = 0; i < 2; ++i) loop.launch(roots[i], noting(*event, order, i));
    auto isOneReleased = GENERATE(false, true);
    if (isOneReleased) event->set();
    event.reset();
    loop.runUntilIdle();
    CHECK(roots[1].wasCancelled() == !(isOneReleased && std::is_same_v<TestType, AsyncManualResetEvent>));
    CHECK(roots[0].hasSucceeded() == isOneReleased);
}

TEMPLATE_TEST_CASE("Async event: one that was released, and whose event has gone, can still be cancelled or destroyed", "[coroutines]",
                   AsyncManualResetEvent, AsyncAutoResetEvent) {
    CoroutineFixture loop;
    std::optional<TestType> event(std::in_place);
    std::vector<int> order;
    TestRoot<void> root;
    loop.launch(root, noting(*event, order, 1));
    event->set();
    event.reset();
    if (GENERATE(false, true)) {
        root.cancel();
        loop.runUntilIdle();
        CHECK(root.wasCancelled());
    } else {
        root.abandon();
        CHECK(loop.runUntilIdle() == 0);
    }
}

TEMPLATE_TEST_CASE("Async event: set from another thread wakes the waiter on its own", "[coroutines]", AsyncManualResetEvent,
                   AsyncAutoResetEvent) {
    CoroutineFixture loop;
    TestType event;
    std::thread::id resumedOn;
    TestRoot<void> root;
    loop.launch(root, [](TestType &e, std::thread::id &on) -> Task<void> {
        co_await e;
        on = std::this_thread::get_id();
    }(event, resumedOn));
    std::thread([&event] { event.set(); }).join();
    CHECK(event.isSet());
    CHECK(root.isRunning());
    loop.runUntilIdle();
    CHECK(root.hasSucceeded());
    CHECK(resumedOn == std::this_thread::get_id());
    CHECK(event.isSet() == std::is_same_v<TestType, AsyncManualResetEvent>);
}

TEMPLATE_TEST_CASE("Async event: made where no queue runs, it belongs to the first that awaits it", "[coroutines]", AsyncManualResetEvent,
                   AsyncAutoResetEvent) {
    TestType event;
    std::thread([&event] { event.set(); }).join();
    CHECK(event.isSet());
    CoroutineFixture loop;
    std::vector<int> order;
    TestRoot<void> roots[2];
    loop.launch(roots[0], noting(event, order, 0));
    CHECK(roots[0].hasSucceeded());
    event.reset();
    loop.launch(roots[1], noting(event, order, 1));
    std::thread([&event] { event.set(); }).join();
    loop.runUntilIdle();
    CHECK(roots[1].hasSucceeded());
}

TEST_CASE("AsyncAutoResetEvent: sets from another thread count as one each while there are waiters", "[coroutines]") {
    CoroutineFixture loop;
    AsyncAutoResetEvent event;
    std::vector<int> order;
    TestRoot<void> roots[3];
    for (int i = 0; i < 3; ++i) loop.launch(roots[i], noting(event, order, i));
    std::thread([&event] {
        event.set();
        event.set();
    }).join();
    loop.runUntilIdle();
    CHECK(order == std::vector<int>{0, 1});
    CHECK_FALSE(event.isSet());
}

TEST_CASE("AsyncAutoResetEvent: of more sets from another thread than there are waiters one is kept", "[coroutines]") {
    CoroutineFixture loop;
    AsyncAutoResetEvent event;
    std::vector<int> order;
    TestRoot<void> roots[2];
    loop.launch(roots[0], noting(event, order, 0));
    std::thread([&event] {
        for (int i = 0; i < 3; ++i) event.set();
    }).join();
    loop.runUntilIdle();
    CHECK(roots[0].hasSucceeded());
    CHECK(event.isSet());
    loop.launch(roots[1], noting(event, order, 1));
    CHECK(roots[1].hasSucceeded());
    CHECK_FALSE(event.isSet());
}
