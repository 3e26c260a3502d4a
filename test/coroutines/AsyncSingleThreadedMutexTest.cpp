#include <catch2/catch.hpp>
#include <coroutines/CoroutineFixture.h>
#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/AsyncSingleThreadedMutex.h>
#include <ichor/coroutines/YieldNow.h>

#include <stdexcept>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

struct Shop : CoroutineFixture {
    Task<void> visit(int name) {
        auto lock = co_await mutex.lock();
        order.push_back(name);
        ++inside;
        most = std::max(most, inside);
        co_await yieldNow();
        --inside;
    }

    AsyncSingleThreadedMutex mutex;
    std::vector<int> order;
    int inside = 0;
    int most = 0;
};

} // namespace

TEST_CASE("AsyncSingleThreadedMutex: one at a time, in the order they came", "[coroutines]") {
    Shop shop;
    TestRoot<void> roots[5];
    for (int i = 0; i < 5; ++i) shop.launch(roots[i], shop.visit(i));
    shop.runUntilIdle();
    CHECK(shop.order == std::vector<int>{0, 1, 2, 3, 4});
    CHECK(shop.most == 1);
    CHECK_FALSE(shop.mutex.isLocked());
}

TEST_CASE("AsyncSingleThreadedMutex: tryLock gets it only when nobody has it", "[coroutines]") {
    AsyncSingleThreadedMutex mutex;
    AsyncLock first = mutex.tryLock();
    CHECK(first);
    CHECK_FALSE(mutex.tryLock());
    AsyncLock moved = std::move(first);
    CHECK(moved);
    CHECK_FALSE(first);
    CHECK(mutex.isLocked());
    moved.unlock();
    CHECK_FALSE(moved);
    CHECK(mutex.tryLock());
}

TEST_CASE("AsyncSingleThreadedMutex: nobody slips in between a hand-over and the waiter's resumption", "[coroutines]") {
    Shop shop;
    AsyncLock held = shop.mutex.tryLock();
    TestRoot<void> root;
    shop.launch(root, shop.visit(1));
    held.unlock();
    CHECK_FALSE(shop.mutex.tryLock());
    shop.runUntilIdle();
    CHECK(root.hasSucceeded());
}

TEST_CASE("AsyncSingleThreadedMutex: a waiter that is cancelled or destroyed passes on the lock it was given", "[coroutines]") {
    Shop shop;
    Scope scope;
    AsyncLock held = shop.mutex.tryLock();
    TestRoot<void> first;
    TestRoot<void> second;
    shop.launch(first, shop.visit(1), &scope);
    auto hasNext = GENERATE(false, true);
    if (hasNext) shop.launch(second, shop.visit(2));
    auto isGivenBefore = GENERATE(false, true);
    if (isGivenBefore) held.unlock();
    if (GENERATE(false, true)) {
        scope.cancel();
    } else {
        first.abandon();
    }
    held.unlock();
    CHECK(shop.mutex.isLocked() == hasNext);
    shop.runUntilIdle();
    CHECK(shop.order == (hasNext ? std::vector<int>{2} : std::vector<int>{}));
    CHECK_FALSE(shop.mutex.isLocked());
}

TEST_CASE("AsyncSingleThreadedMutex: an exception, a cancellation and a destruction give the lock back", "[coroutines]") {
    Shop shop;
    AsyncManualResetEvent event;
    TestRoot<void> root;
    shop.launch(root, [](Shop &s, AsyncManualResetEvent &e) -> Task<void> {
        auto lock = co_await s.mutex.lock();
        co_await e;
        throw std::runtime_error("on purpose");
    }(shop, event));
    CHECK(shop.mutex.isLocked());
    SECTION("exception") { event.set(); }
    SECTION("cancellation") { root.cancel(); }
    SECTION("destruction") { root.abandon(); }
    shop.runUntilIdle();
    CHECK_FALSE(shop.mutex.isLocked());
}
