// What holds for everything that a coroutine can sleep in. Included by one test file a floor, after it has named its drivers in a
// std::tuple `AwaitableDrivers`. Each is a CoroutineFixture with two functions: wait(), a coroutine, and complete(), which brings about the
// end of that.
#pragma once

#include <coroutines/CoroutineFixture.h>

#include <stdexcept>

#include <catch2/catch.hpp>

namespace Ichor::Testing {

/// Its wait() takes Cancelled as a result and goes on.
template <class Driver>
inline constexpr bool RETURNS_CANCELLED = requires {
    typename Driver::TakesCancelled;
};

template <class Driver>
Task<void> waitWith(Driver &driver, Witness) {
    co_await driver.wait();
}

template <class Driver>
Task<int> countCancellations(Driver &driver, int attempts) {
    int cancellations = 0;
    for (int i = 0; i < attempts; ++i) {
        try {
            co_await driver.wait();
        } catch (Cancelled const &) {
            ++cancellations;
        }
    }
    co_return cancellations;
}

} // namespace Ichor::Testing

namespace {

using namespace Ichor;
using namespace Ichor::Testing;

TEMPLATE_LIST_TEST_CASE("Awaitable: suspends, and resumes once it is complete, not inside the call that completed it", "[coroutines]",
                        AwaitableDrivers) {
    TestType driver;
    int alive = 0;
    Scope scope;
    TestRoot<void> root;
    driver.launch(root, waitWith(driver, Witness(alive)), &scope);
    REQUIRE(root.isRunning());
    driver.complete();
    CHECK(root.isRunning());
    driver.runUntilIdle();
    CHECK(root.hasSucceeded());
    CHECK(scope.isEmpty());
    CHECK(alive == 0);
}

TEMPLATE_LIST_TEST_CASE("Awaitable: cancelled while it is suspended, it throws Cancelled, later", "[coroutines]", AwaitableDrivers) {
    TestType driver;
    int alive = 0;
    Scope scope;
    TestRoot<void> root;
    driver.launch(root, waitWith(driver, Witness(alive)), &scope);
    scope.cancel();
    scope.cancel();
    CHECK(root.isRunning());
    driver.runUntilIdle();
    CHECK((RETURNS_CANCELLED<TestType> ? root.hasSucceeded() : root.wasCancelled()));
    CHECK(scope.isEmpty());
    CHECK(alive == 0);
    driver.complete();
    driver.runUntilIdle();
    CHECK(driver.resumer.armedTimers() == 0);
}

TEMPLATE_LIST_TEST_CASE("Awaitable: in a cancelled scope it ends at once, each time", "[coroutines]", AwaitableDrivers) {
    TestType driver;
    Scope scope;
    scope.cancel();
    TestRoot<int> root;
    driver.launch(root, countCancellations(driver, 3), &scope);
    CHECK(root.outcome.value == (RETURNS_CANCELLED<TestType> ? 0 : 3));
    CHECK(scope.isEmpty());
    CHECK_FALSE(driver.resumer.hasPosted());
}

TEMPLATE_LIST_TEST_CASE("Awaitable: after the first Cancelled, those that follow end at once", "[coroutines]", AwaitableDrivers) {
    TestType driver;
    Scope scope;
    TestRoot<int> root;
    driver.launch(root, countCancellations(driver, 3), &scope);
    scope.cancel();
    driver.runUntilIdle();
    CHECK(root.outcome.value == (RETURNS_CANCELLED<TestType> ? 0 : 3));
    CHECK(scope.isEmpty());
}

TEMPLATE_LIST_TEST_CASE("Awaitable: may be destroyed while it is suspended", "[coroutines]", AwaitableDrivers) {
    TestType driver;
    int alive = 0;
    Scope scope;
    {
        TestRoot<void> root;
        driver.launch(root, waitWith(driver, Witness(alive)), &scope);
        CHECK(alive == 1);
    }
    CHECK(alive == 0);
    CHECK(scope.isEmpty());
    driver.complete();
    CHECK(driver.runUntilIdle() == 0);
    CHECK(driver.resumer.armedTimers() == 0);
}

TEMPLATE_LIST_TEST_CASE("Awaitable: may be destroyed when it is complete and has not resumed", "[coroutines]", AwaitableDrivers) {
    TestType driver;
    int alive = 0;
    Scope scope;
    {
        TestRoot<void> root;
        driver.launch(root, waitWith(driver, Witness(alive)), &scope);
        driver.complete();
    }
    CHECK(alive == 0);
    CHECK(driver.runUntilIdle() == 0);
    CHECK(driver.resumer.armedTimers() == 0);
}

TEMPLATE_LIST_TEST_CASE("Awaitable: may be destroyed when it is cancelled and has not resumed", "[coroutines]", AwaitableDrivers) {
    TestType driver;
    int alive = 0;
    Scope scope;
    {
        TestRoot<void> root;
        driver.launch(root, waitWith(driver, Witness(alive)), &scope);
        scope.cancel();
    }
    CHECK(alive == 0);
    CHECK(scope.isEmpty());
    CHECK(driver.runUntilIdle() == 0);
}

TEMPLATE_LIST_TEST_CASE("Awaitable: completed and cancelled before it resumes, in either order, it ends once", "[coroutines]",
                        AwaitableDrivers) {
    TestType driver;
    auto isCancelledFirst = GENERATE(false, true);
    int alive = 0;
    Scope scope;
    TestRoot<void> root;
    driver.launch(root, waitWith(driver, Witness(alive)), &scope);
    if (isCancelledFirst) scope.cancel();
    driver.complete();
    if (!isCancelledFirst) scope.cancel();
    driver.runUntilIdle();
    CHECK(root.endings == 1);
    CHECK(root.error().empty());
    CHECK(alive == 0);
    CHECK(scope.isEmpty());
    CHECK(driver.resumer.armedTimers() == 0);
}

TEMPLATE_LIST_TEST_CASE("Awaitable: abandoned with its scope, the root ends cancelled and all is destroyed", "[coroutines]",
                        AwaitableDrivers) {
    TestType driver;
    int alive = 0;
    Scope scope;
    TestRoot<void> root;
    driver.launch(root, waitWith(driver, Witness(alive)), &scope);
    auto isCancelled = GENERATE(false, true);
    if (isCancelled) scope.cancel();
    scope.abandonAll();
    CHECK(scope.isEmpty());
    CHECK(alive == 0);
    CHECK(root.wasCancelled());
    driver.complete();
    CHECK(driver.runUntilIdle() == 0);
}

TEMPLATE_LIST_TEST_CASE("Awaitable: an exception after it goes to the root", "[coroutines]", AwaitableDrivers) {
    TestType driver;
    TestRoot<void> root;
    driver.launch(root, [](TestType &d) -> Task<void> {
        co_await d.wait();
        throw std::runtime_error("on purpose");
    }(driver));
    driver.complete();
    driver.runUntilIdle();
    CHECK(root.error() == "on purpose");
}

TEMPLATE_LIST_TEST_CASE("Awaitable: a coroutine may cancel its own scope", "[coroutines]", AwaitableDrivers) {
    TestType driver;
    Scope scope;
    TestRoot<int> root;
    driver.launch(
        root,
        [](TestType &d, Scope &own) -> Task<int> {
            own.cancel();
            co_return co_await countCancellations(d, 2);
        }(driver, scope),
        &scope);
    driver.runUntilIdle();
    CHECK(root.outcome.value == (RETURNS_CANCELLED<TestType> ? 0 : 2));
    CHECK(scope.isEmpty());
}

} // namespace
