#include <catch2/catch.hpp>
#include <coroutines/CoroutineFixture.h>
#include <ichor/coroutines/Root.h>
#include <ichor/coroutines/YieldNow.h>

#include <memory>
#include <stdexcept>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

Task<int> afterTurns(int turns) {
    for (int i = 0; i < turns; ++i) co_await yieldNow();
    co_return turns;
}

Task<void> noting(std::vector<int> &order, int name) {
    co_await yieldNow();
    order.push_back(name);
}

/// Deletes itself at its end, as the roots of services do.
class HeapRoot final : public Root<int> {
public:
    HeapRoot(Scope &scope, std::size_t &insideAtEnd) : _scope(scope), _insideAtEnd(insideAtEnd) {}

private:
    void finished(Outcome<int>) noexcept override {
        _insideAtEnd = _scope.size();
        delete this;
    }

    Scope &_scope;
    std::size_t &_insideAtEnd;
};

class RepeatingRoot final : public Root<int> {
public:
    explicit RepeatingRoot(IResumer &resumer) : _resumer(resumer) {}
    void begin() { launch(afterTurns(1), nullptr, _resumer, DEFAULT_PRIORITY, ServiceId{1}); }
    int rounds = 0;

private:
    void finished(Outcome<int>) noexcept override {
        if (++rounds < 5) begin();
    }
    IResumer &_resumer;
};

} // namespace

TEST_CASE("Root: tells how its coroutine ended, once", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<int> root;
    auto turns = GENERATE(0, 3);
    loop.launch(root, afterTurns(turns));
    CHECK(root.isRunning() == (turns != 0));
    loop.runUntilIdle();
    CHECK(root.endings == 1);
    CHECK(root.outcome.value == turns);
    CHECK_FALSE(root.isRunning());
}

TEST_CASE("Root: gets the exception that left its coroutine", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<void> root;
    loop.launch(root, []() -> Task<void> {
        co_await yieldNow();
        throw std::runtime_error("on purpose");
    }());
    loop.runUntilIdle();
    CHECK(root.error() == "on purpose");
}

TEST_CASE("Root: a coroutine that lets Cancelled through ends cancelled, not failed", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<int> root;
    loop.launch(root, afterTurns(10));
    root.cancel();
    CHECK(root.isRunning());
    loop.runUntilIdle();
    CHECK(root.wasCancelled());
}

TEST_CASE("Root: resumes coroutines in the order of their priority", "[coroutines]") {
    CoroutineFixture loop;
    std::vector<int> order;
    TestRoot<void> roots[4];
    loop.launch(roots[0], noting(order, 3), nullptr, Priority{20});
    loop.launch(roots[1], noting(order, 1), nullptr, Priority{10});
    loop.launch(roots[2], noting(order, 4), nullptr, Priority{20});
    loop.launch(roots[3], noting(order, 2), nullptr, Priority{10});
    loop.runUntilIdle();
    CHECK(order == std::vector<int>{1, 2, 3, 4});
}

TEST_CASE("Root: may delete itself when it has finished; it leaves its scope only then", "[coroutines]") {
    CoroutineFixture loop;
    auto turns = GENERATE(0, 2);
    Scope scope;
    std::size_t insideAtEnd = 0;
    auto *root = new HeapRoot(scope, insideAtEnd);
    root->launch(afterTurns(turns), &scope, loop.resumer, DEFAULT_PRIORITY, ServiceId{1});
    loop.runUntilIdle();
    CHECK(insideAtEnd == 1);
    CHECK(scope.isEmpty());
}

TEST_CASE("Root: may launch the next coroutine when it has finished", "[coroutines]") {
    CoroutineFixture loop;
    RepeatingRoot root(loop.resumer);
    root.begin();
    loop.runUntilIdle();
    CHECK(root.rounds == 5);
}

TEST_CASE("Root: abandoning it destroys the coroutine and says nothing", "[coroutines]") {
    CoroutineFixture loop;
    int alive = 0;
    Scope scope;
    TestRoot<void> root;
    loop.launch(
        root, [](Witness) -> Task<void> { co_await afterTurns(3); }(Witness(alive)), &scope);
    loop.resumer.runOne();
    CHECK(alive == 1);
    root.abandon();
    CHECK(alive == 0);
    CHECK(scope.isEmpty());
    CHECK(root.endings == 0);
    CHECK(loop.runUntilIdle() == 0);

    loop.launch(root, []() -> Task<void> { co_await afterTurns(1); }());
    loop.runUntilIdle();
    CHECK(root.hasSucceeded());
}

TEST_CASE("Root: destroying it abandons the coroutine", "[coroutines]") {
    CoroutineFixture loop;
    int alive = 0;
    {
        TestRoot<void> root;
        loop.launch(root, [](Witness) -> Task<void> { co_await yieldNow(); }(Witness(alive)));
        CHECK(alive == 1);
    }
    CHECK(alive == 0);
    CHECK(loop.runUntilIdle() == 0);
}
