// What holds for everything that a coroutine can sleep in. Each kind has a small driver: how to wait, and how to bring about the end.
#include <catch2/catch.hpp>
#include <coroutines/CoroutineFixture.h>
#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/coroutines/AsyncGenerator.h>
#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/AsyncSingleThreadedMutex.h>
#include <ichor/coroutines/Sleep.h>
#include <ichor/coroutines/WhenAll.h>
#include <ichor/coroutines/WithTimeout.h>
#include <ichor/coroutines/YieldNow.h>

#include <stdexcept>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

struct ManualResetDriver : CoroutineFixture {
    Task<void> wait() { co_await event; }
    void complete() { event.set(); }
    AsyncManualResetEvent event;
};

struct AutoResetDriver : CoroutineFixture {
    Task<void> wait() { co_await event; }
    void complete() { event.set(); }
    AsyncAutoResetEvent event;
};

struct MutexDriver : CoroutineFixture {
    Task<void> wait() { auto lock = co_await mutex.lock(); }
    void complete() { held.unlock(); }
    AsyncSingleThreadedMutex mutex;
    AsyncLock held = mutex.tryLock();
};

struct SleepDriver : CoroutineFixture {
    Task<void> wait() { co_await sleepFor(10ms); }
    void complete() { resumer.turnClock(10ms); }
};

struct YieldDriver : CoroutineFixture {
    Task<void> wait() { co_await yieldNow(); }
    void complete() {}
};

struct TimeoutDriver : CoroutineFixture {
    Task<void> wait() {
        auto result = co_await withTimeout(1s, event);
        if (!result) throw result.error();
    }
    void complete() { event.set(); }
    AsyncManualResetEvent event;
};

struct ExpiringDriver : CoroutineFixture {
    Task<void> wait() {
        auto result = co_await withTimeout(10ms, event);
        if (result) throw std::logic_error("the event was never set");
    }
    void complete() { resumer.turnClock(10ms); }
    AsyncManualResetEvent event;
};

struct WhenAllDriver : CoroutineFixture {
    Task<void> one() { co_await event; }
    Task<void> wait() { co_await whenAll(one(), event, other, sleepFor(1ns)); }
    void complete() {
        event.set();
        other.set();
        resumer.turnClock(1ns);
    }
    AsyncManualResetEvent event;
    AsyncAutoResetEvent other;
};

struct WhenAllOfVectorDriver : CoroutineFixture {
    Task<void> one() { co_await event; }
    Task<void> wait() {
        std::vector<Task<void>> tasks;
        tasks.push_back(one());
        tasks.push_back(one());
        co_await whenAll(std::move(tasks));
    }
    void complete() { event.set(); }
    AsyncManualResetEvent event;
};

struct GeneratorDriver : CoroutineFixture {
    AsyncGenerator<int> values() {
        co_await event;
        co_yield 1;
    }
    Task<void> wait() {
        auto generator = values();
        co_await generator.next();
    }
    void complete() { event.set(); }
    AsyncManualResetEvent event;
};

struct TaskDriver : CoroutineFixture {
    Task<void> inner(int depth) {
        if (depth != 0) co_return co_await inner(depth - 1);
        co_await event;
    }
    Task<void> wait() { co_await inner(10); }
    void complete() { event.set(); }
    AsyncManualResetEvent event;
};

/// Its wait() takes Cancelled as a result and goes on.
template <class Driver>
inline constexpr bool RETURNS_CANCELLED = std::is_same_v<Driver, ExpiringDriver>;

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

} // namespace

#define ALL_DRIVERS                                                                                                                        \
    ManualResetDriver, AutoResetDriver, MutexDriver, SleepDriver, YieldDriver, TimeoutDriver, ExpiringDriver, WhenAllDriver,               \
        WhenAllOfVectorDriver, GeneratorDriver, TaskDriver

TEMPLATE_TEST_CASE("Awaitable: suspends, and resumes once it is complete, not inside the call that completed it", "[coroutines]",
                   ALL_DRIVERS) {
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

TEMPLATE_TEST_CASE("Awaitable: cancelled while it is suspended, it throws Cancelled, later", "[coroutines]", ALL_DRIVERS) {
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

TEMPLATE_TEST_CASE("Awaitable: in a cancelled scope it ends at once, each time", "[coroutines]", ALL_DRIVERS) {
    TestType driver;
    Scope scope;
    scope.cancel();
    TestRoot<int> root;
    driver.launch(root, countCancellations(driver, 3), &scope);
    CHECK(root.outcome.value == (RETURNS_CANCELLED<TestType> ? 0 : 3));
    CHECK(scope.isEmpty());
    CHECK_FALSE(driver.resumer.hasPosted());
}

TEMPLATE_TEST_CASE("Awaitable: after the first Cancelled, those that follow end at once", "[coroutines]", ALL_DRIVERS) {
    TestType driver;
    Scope scope;
    TestRoot<int> root;
    driver.launch(root, countCancellations(driver, 3), &scope);
    scope.cancel();
    driver.runUntilIdle();
    CHECK(root.outcome.value == (RETURNS_CANCELLED<TestType> ? 0 : 3));
    CHECK(scope.isEmpty());
}

TEMPLATE_TEST_CASE("Awaitable: may be destroyed while it is suspended", "[coroutines]", ALL_DRIVERS) {
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

TEMPLATE_TEST_CASE("Awaitable: may be destroyed when it is complete and has not resumed", "[coroutines]", ALL_DRIVERS) {
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

TEMPLATE_TEST_CASE("Awaitable: may be destroyed when it is cancelled and has not resumed", "[coroutines]", ALL_DRIVERS) {
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

TEMPLATE_TEST_CASE("Awaitable: completed and cancelled before it resumes, in either order, it ends once", "[coroutines]", ALL_DRIVERS) {
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

TEMPLATE_TEST_CASE("Awaitable: abandoned with its scope, the root ends cancelled and all is destroyed", "[coroutines]", ALL_DRIVERS) {
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

TEMPLATE_TEST_CASE("Awaitable: an exception after it goes to the root", "[coroutines]", ALL_DRIVERS) {
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

TEMPLATE_TEST_CASE("Awaitable: a coroutine may cancel its own scope", "[coroutines]", ALL_DRIVERS) {
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
