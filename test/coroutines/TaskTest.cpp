#include <catch2/catch.hpp>
#include <coroutines/CoroutineFixture.h>
#include <ichor/base/Expected.h>
#include <ichor/coroutines/Task.h>
#include <ichor/coroutines/YieldNow.h>

#include <memory>
#include <stdexcept>
#include <string>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

Task<int> immediate(int value) { co_return value; }

Task<int> delayed(int value) {
    co_await yieldNow();
    co_return value;
}

Task<std::string> concatenated(std::string a, std::string b) {
    co_await yieldNow();
    co_return a + b;
}

Task<std::unique_ptr<int>> owned() { co_return std::make_unique<int>(7); }

Task<int &> referenceTo(int &value) {
    co_await yieldNow();
    co_return value;
}

Task<Expected<int, std::string>> refused() { co_return unexpected(std::string("no")); }

Task<void> throwing(bool isLate) {
    if (isLate) co_await yieldNow();
    throw std::runtime_error("on purpose");
}

Task<long> sumOf(int count) {
    long sum = 0;
    for (int i = 0; i < count; ++i) sum += co_await immediate(1);
    co_return sum;
}

Task<int> nested(int depth, bool isSleeping) {
    if (depth == 0) {
        if (isSleeping) co_await yieldNow();
        co_return 0;
    }
    co_return 1 + co_await nested(depth - 1, isSleeping);
}

Task<int> nestedThrowing(int depth) {
    if (depth == 0) throw std::runtime_error("from below");
    co_return 1 + co_await nestedThrowing(depth - 1);
}

} // namespace

TEST_CASE("Task: does nothing before it is awaited or launched", "[coroutines]") {
    bool hasRun = false;
    auto coroutine = [&hasRun]() -> Task<void> {
        hasRun = true;
        co_return;
    };
    {
        Task<void> task = coroutine();
        CHECK(task);
    }
    CHECK_FALSE(hasRun);
}

TEST_CASE("Task: a default-constructed or used-up one is empty", "[coroutines]") {
    Task<int> task;
    CHECK_FALSE(task);
    task = immediate(1);
    CHECK(task);
    Task<int> other = std::move(task);
    CHECK(other);
    CHECK_FALSE(task);

    CoroutineFixture loop;
    TestRoot<int> root;
    loop.launch(root, std::move(other));
    CHECK_FALSE(other);
    CHECK(root.outcome.value == 1);
}

TEST_CASE("Task: gives its value to the one that awaits it, at once or later", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<std::string> root;
    loop.launch(root, []() -> Task<std::string> {
        int const a = co_await immediate(1);
        int const b = co_await delayed(2);
        auto task = immediate(3);
        int const c = co_await task;
        auto const d = co_await owned();
        auto const e = co_await refused();
        auto text = co_await concatenated("a rather long string, which lies on the heap, ", "and another one, no shorter than that");
        co_return std::to_string(a + b + c + *d) + e.error() + text;
    }());
    CHECK(root.isRunning());
    loop.runUntilIdle();
    CHECK_FALSE(root.isRunning());
    CHECK(root.outcome.value == "13noa rather long string, which lies on the heap, and another one, no shorter than that");
}

TEST_CASE("Task: hands references through", "[coroutines]") {
    CoroutineFixture loop;
    int value = 1;
    TestRoot<void> root;
    loop.launch(root, [](int &target) -> Task<void> {
        int &same = co_await referenceTo(target);
        same = 2;
    }(value));
    loop.runUntilIdle();
    CHECK(root.hasSucceeded());
    CHECK(value == 2);
}

TEST_CASE("Task: an exception comes out of the await", "[coroutines]") {
    CoroutineFixture loop;
    auto isLate = GENERATE(false, true);
    TestRoot<std::string> root;
    loop.launch(root, [](bool late) -> Task<std::string> {
        std::string caught;
        try {
            co_await throwing(late);
        } catch (std::runtime_error const &e) {
            caught = e.what();
        }
        co_await yieldNow();
        co_return caught;
    }(isLate));
    loop.runUntilIdle();
    CHECK(root.outcome.value == "on purpose");
}

TEST_CASE("Task: an exception goes through many levels to the root", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<int> root;
    loop.launch(root, nestedThrowing(100));
    CHECK(root.error() == "from below");
}

TEST_CASE("Task: its frame is destroyed when its result has been taken, before the caller goes on", "[coroutines]") {
    CoroutineFixture loop;
    int alive = 0;
    int aliveAfterwards = -1;
    auto callee = [](Witness) -> Task<void> { co_await yieldNow(); };
    TestRoot<void> root;
    loop.launch(root, [](auto &inner, int &count, int &seen) -> Task<void> {
        auto task = inner(Witness(count));
        co_await task;
        seen = count;
    }(callee, alive, aliveAfterwards));
    loop.runUntilIdle();
    CHECK(root.hasSucceeded());
    CHECK(aliveAfterwards == 0);
}

TEST_CASE("Task: a million awaits that complete at once take no stack", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<long> root;
    loop.launch(root, sumOf(1'000'000));
    CHECK(root.outcome.value == 1'000'000);
}

TEST_CASE("Task: a hundred thousand tasks that await each other take no stack, going down or up", "[coroutines]") {
    CoroutineFixture loop;
    auto isSleeping = GENERATE(false, true);
    TestRoot<int> root;
    loop.launch(root, nested(100'000, isSleeping));
    loop.runUntilIdle();
    CHECK(root.outcome.value == 100'000);
}

TEST_CASE("Task: a hundred thousand tasks that await each other can be abandoned without deep recursion", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<int> root;
    loop.launch(root, nested(100'000, true));
    root.abandon();
    CHECK_FALSE(root.isRunning());
    CHECK(root.endings == 0);
    CHECK(loop.runUntilIdle() == 0);
}

TEST_CASE("Task: one that is destroyed while it waits for its caller destroys its arguments", "[coroutines]") {
    int alive = 0;
    {
        auto task = [](Witness) -> Task<void> { co_return; }(Witness(alive));
        CHECK(alive == 1);
    }
    CHECK(alive == 0);
}
