#include <catch2/catch.hpp>
#include <coroutines/CoroutineFixture.h>
#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/Sleep.h>
#include <ichor/coroutines/WhenAll.h>
#include <ichor/coroutines/YieldNow.h>

#include <memory>
#include <stdexcept>
#include <string>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

template <class T>
Task<T> after(Duration duration, T value) {
    if (duration != 0ns) co_await sleepFor(duration);
    co_return value;
}

Task<int> throwingAfter(Duration duration, char const *what) {
    if (duration != 0ns) co_await sleepFor(duration);
    throw std::runtime_error(what);
}

Task<int> noting(std::vector<int> &order, int name) {
    order.push_back(name);
    co_await yieldNow();
    order.push_back(name);
    co_return name;
}

Task<void> notingCancellation(bool &isCancelled) {
    try {
        co_await sleepFor(1h);
    } catch (Cancelled const &) {
        isCancelled = true;
        throw;
    }
}

Task<int> tree(int depth) {
    if (depth == 0) {
        co_await yieldNow();
        co_return 1;
    }
    auto [a, b] = co_await whenAll(tree(depth - 1), tree(depth - 1));
    co_return a + b;
}

Task<int> ladder(int depth, bool isSleeping) {
    if (depth == 0) {
        if (isSleeping) co_await yieldNow();
        co_return 0;
    }
    auto [below] = co_await whenAll(ladder(depth - 1, isSleeping));
    co_return below + 1;
}

} // namespace

TEST_CASE("whenAll: gives all results in the order of its arguments", "[coroutines]") {
    CoroutineFixture loop;
    AsyncManualResetEvent event;
    TestRoot<std::string> root;
    loop.launch(root, [](AsyncManualResetEvent &e) -> Task<std::string> {
        auto [number, text, nothing, owned, done] =
            co_await whenAll(after(20ms, 1), after(10ms, std::string("two")), sleepFor(5ms), after(0ns, std::make_unique<int>(3)), e);
        static_assert(std::is_same_v<decltype(nothing), std::monostate> && std::is_same_v<decltype(done), std::monostate>);
        co_return std::to_string(number) + text + std::to_string(*owned);
    }(event));
    event.set();
    loop.resumer.advance(19ms);
    CHECK(root.isRunning());
    loop.resumer.advance(1ms);
    CHECK(root.outcome.value == "1two3");
}

TEST_CASE("whenAll: of nothing is done at once", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<void> root;
    loop.launch(root, []() -> Task<void> {
        std::tuple<> const none = co_await whenAll();
        (void)none;
        CHECK((co_await whenAll(std::vector<Task<int>>{})).empty());
    }());
    CHECK(root.hasSucceeded());
}

TEST_CASE("whenAll: runs them side by side, each begun in order", "[coroutines]") {
    CoroutineFixture loop;
    std::vector<int> order;
    TestRoot<void> root;
    loop.launch(root, [](std::vector<int> &o) -> Task<void> { co_await whenAll(noting(o, 1), noting(o, 2), noting(o, 3)); }(order));
    loop.runUntilIdle();
    CHECK(order == std::vector<int>{1, 2, 3, 1, 2, 3});
    CHECK(root.hasSucceeded());
}

TEST_CASE("whenAll: takes a vector of tasks", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<std::vector<int>> root;
    loop.launch(root, []() -> Task<std::vector<int>> {
        std::vector<Task<int>> tasks;
        for (int i = 0; i < 5; ++i) tasks.push_back(after(Duration(5 - i), i));
        co_return co_await whenAll(std::move(tasks));
    }());
    loop.resumer.advance(1ms);
    CHECK(root.outcome.value == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("whenAll: the first exception ends the others and comes out once they have wound down", "[coroutines]") {
    CoroutineFixture loop;
    bool isCancelled = false;
    TestRoot<void> root;
    auto duration = GENERATE(as<Duration>{}, 0ns, 5ms);
    loop.launch(root, [](Duration d, bool &flag) -> Task<void> {
        co_await whenAll(throwingAfter(d, "first"), notingCancellation(flag), throwingAfter(10ms, "second"));
    }(duration, isCancelled));
    loop.resumer.advance(5ms);
    CHECK(root.error() == "first");
    CHECK(isCancelled);
    CHECK(loop.resumer.armedTimers() == 0);
}

TEST_CASE("whenAll: a cancelled parent gets Cancelled, after its children", "[coroutines]") {
    CoroutineFixture loop;
    bool isCancelled = false;
    Scope scope;
    TestRoot<void> root;
    loop.launch(
        root, [](bool &flag) -> Task<void> { co_await whenAll(after(1h, 1), notingCancellation(flag)); }(isCancelled), &scope);
    scope.cancel();
    CHECK(root.isRunning());
    loop.runUntilIdle();
    CHECK(isCancelled);
    CHECK(root.wasCancelled());
    CHECK(scope.isEmpty());
}

TEST_CASE("whenAll: trees and long ladders of it work without deep recursion", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<int> root;
    loop.launch(root, tree(10));
    loop.runUntilIdle();
    CHECK(root.outcome.value == 1024);

    auto isSleeping = GENERATE(false, true);
    TestRoot<int> high;
    loop.launch(high, ladder(20'000, isSleeping));
    loop.runUntilIdle();
    CHECK(high.outcome.value == 20'000);
}

TEST_CASE("whenAll: a child may not be destroyed by another, but cancels all through their scope", "[coroutines]") {
    CoroutineFixture loop;
    Scope scope;
    TestRoot<void> root;
    bool isCancelled = false;
    auto canceller = [](Scope &s) -> Task<void> {
        s.cancel();
        co_return;
    };
    loop.launch(
        root,
        [](auto &inner, Scope &s, bool &flag) -> Task<void> { co_await whenAll(notingCancellation(flag), inner(s)); }(canceller, scope,
                                                                                                                      isCancelled),
        &scope);
    loop.runUntilIdle();
    CHECK(isCancelled);
    CHECK(root.wasCancelled());
}
