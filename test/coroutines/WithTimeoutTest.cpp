#include <catch2/catch.hpp>
#include <coroutines/CoroutineFixture.h>
#include <ichor/base/Expected.h>
#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/coroutines/AsyncSingleThreadedMutex.h>
#include <ichor/coroutines/Sleep.h>
#include <ichor/coroutines/WithTimeout.h>

#include <stdexcept>
#include <string>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

Task<int> valueAfter(Duration duration) {
    if (duration != 0ns) co_await sleepFor(duration);
    co_return 7;
}

Task<int> stubborn(Duration duration) {
    try {
        co_await sleepFor(duration);
    } catch (Cancelled const &) {}
    co_return 7;
}

Task<void> throwingAfter(Duration duration) {
    co_await sleepFor(duration);
    throw std::runtime_error("on purpose");
}

Task<Expected<int, std::string>> refused() { co_return unexpected(std::string("no")); }

using IntResult = Expected<int, Cancelled>;

} // namespace

TEST_CASE("withTimeout: gives the value of what ends in time, at once or later, and disarms its timer", "[coroutines]") {
    CoroutineFixture loop;
    auto duration = GENERATE(as<Duration>{}, 0ns, 5ms);
    TestRoot<IntResult> root;
    loop.launch(root, [](Duration d) -> Task<IntResult> { co_return co_await withTimeout(10ms, valueAfter(d)); }(duration));
    loop.resumer.advance(5ms);
    REQUIRE(root.hasSucceeded());
    CHECK(root.outcome.value->value() == 7);
    CHECK(loop.resumer.armedTimers() == 0);
}

TEST_CASE("withTimeout: gives Cancelled when it takes longer, once it has wound down", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<IntResult> root;
    loop.launch(root, []() -> Task<IntResult> { co_return co_await withTimeout(10ms, valueAfter(1h)); }());
    loop.resumer.advance(9ms);
    CHECK(root.isRunning());
    loop.resumer.advance(1ms);
    REQUIRE(root.hasSucceeded());
    CHECK_FALSE(root.outcome.value->has_value());
    CHECK(loop.resumer.armedTimers() == 0);
}

TEST_CASE("withTimeout: waits for one that goes on after it was cancelled, and loses the value that came too late", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<IntResult> root;
    loop.launch(root, []() -> Task<IntResult> { co_return co_await withTimeout(10ms, stubborn(1h)); }());
    loop.resumer.advance(10ms);
    REQUIRE(root.hasSucceeded());
    CHECK_FALSE(root.outcome.value->has_value());
}

TEST_CASE("withTimeout: when the awaiting coroutine is cancelled, so is what it waits for; a value that comes in time is kept",
          "[coroutines]") {
    CoroutineFixture loop;
    Scope scope;
    TestRoot<IntResult> root;
    auto isStubborn = GENERATE(false, true);
    loop.launch(
        root,
        [](bool keepsValue) -> Task<IntResult> {
            // Not inside the await: g++ 12 evaluates both arms of a conditional there.
            Task<int> task = keepsValue ? stubborn(1h) : valueAfter(1h);
            co_return co_await withTimeout(10ms, std::move(task));
        }(isStubborn),
        &scope);
    scope.cancel();
    CHECK(root.isRunning());
    loop.runUntilIdle();
    REQUIRE(root.hasSucceeded());
    CHECK(root.outcome.value->has_value() == isStubborn);
    CHECK(loop.resumer.armedTimers() == 0);
}

TEST_CASE("withTimeout: exceptions pass through, in time or too late", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<void> root;
    loop.launch(root, []() -> Task<void> { (void)co_await withTimeout(10ms, throwingAfter(5ms)); }());
    loop.resumer.advance(20ms);
    CHECK(root.error() == "on purpose");
}

TEST_CASE("withTimeout: wraps a result that is an Expected already once more", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<std::string> root;
    loop.launch(root, []() -> Task<std::string> {
        Expected<Expected<int, std::string>, Cancelled> result = co_await withTimeout(10ms, refused());
        co_return result.value().error();
    }());
    CHECK(root.outcome.value == "no");
}

TEST_CASE("withTimeout: takes events, locks and itself", "[coroutines]") {
    CoroutineFixture loop;
    AsyncAutoResetEvent event;
    AsyncSingleThreadedMutex mutex;
    TestRoot<std::string> root;
    loop.launch(root, [](AsyncAutoResetEvent &e, AsyncSingleThreadedMutex &m) -> Task<std::string> {
        std::string log;
        Expected<void, Cancelled> first = co_await withTimeout(10ms, e);
        log += first ? "+" : "-";
        auto second = co_await withTimeout(10ms, m.lock());
        log += second && second.value() ? "+" : "-";
        auto third = co_await withTimeout(10ms, m.lock());
        log += third ? "+" : "-";
        auto fourth = co_await withTimeout(1h, withTimeout(10ms, e));
        log += fourth && !fourth.value() ? "+" : "-";
        co_return log;
    }(event, mutex));
    event.set();
    loop.resumer.advance(30ms);
    CHECK(root.outcome.value == "++-+");
    CHECK_FALSE(mutex.isLocked());
    CHECK(loop.resumer.armedTimers() == 0);
}

TEST_CASE("withTimeout: many in a row that end at once take no stack", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<long> root;
    loop.launch(root, []() -> Task<long> {
        long sum = 0;
        for (int i = 0; i < 200'000; ++i) sum += *co_await withTimeout(1s, valueAfter(0ns));
        co_return sum;
    }());
    CHECK(root.outcome.value == 7 * 200'000);
}
