#include <catch2/catch.hpp>
#include <coroutines/CoroutineFixture.h>
#include <ichor/coroutines/AsyncGenerator.h>
#include <ichor/coroutines/YieldNow.h>

#include <memory>
#include <stdexcept>
#include <string>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

AsyncGenerator<int> counting(int count, bool isSleeping) {
    for (int i = 0; i < count; ++i) {
        if (isSleeping) co_await yieldNow();
        co_yield i;
    }
}

AsyncGenerator<std::string> words() {
    std::string kept = "one that the generator keeps, long enough for the heap";
    co_yield kept;
    co_yield std::string("a temporary one, also long enough to be on the heap");
    co_yield "and a literal that converts, also long enough to be on the heap";
    co_await yieldNow();
    co_yield kept;
}

AsyncGenerator<std::unique_ptr<int>> owned() {
    for (int i = 0; i < 3; ++i) co_yield std::make_unique<int>(i);
}

AsyncGenerator<int &> references(std::vector<int> &values) {
    for (int &value : values) co_yield value;
}

AsyncGenerator<int> failing() {
    co_yield 1;
    throw std::runtime_error("on purpose");
}

AsyncGenerator<int> witnessed(Witness, bool &hasEnded) {
    for (int i = 0;; ++i) {
        try {
            co_yield i;
        } catch (Cancelled const &) {
            hasEnded = true;
            throw;
        }
    }
}

AsyncGenerator<int> doubled(AsyncGenerator<int> inner) {
    while (auto value = co_await inner.next()) co_yield *value * 2;
}

Task<long> sumOf(AsyncGenerator<int> values) {
    long sum = 0;
    for (auto it = co_await values.begin(); it != values.end(); co_await ++it) sum += *it;
    co_return sum;
}

class CollectingRoot final : public GeneratorRoot<int> {
public:
    std::vector<int> values;
    Outcome<void> outcome;
    int endings = 0;

private:
    void yielded(int &value) noexcept override { values.push_back(value); }
    void finished(Outcome<void> result) noexcept override {
        outcome = std::move(result);
        ++endings;
    }
};

} // namespace

TEST_CASE("AsyncGenerator: gives its values one by one, sleeping between them or not", "[coroutines]") {
    CoroutineFixture loop;
    auto isSleeping = GENERATE(false, true);
    auto count = GENERATE(0, 1, 10);
    TestRoot<long> root;
    loop.launch(root, sumOf(counting(count, isSleeping)));
    loop.runUntilIdle();
    CHECK(root.outcome.value == count * (count - 1) / 2);
}

TEST_CASE("AsyncGenerator: a hundred thousand values take no stack", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<long> root;
    loop.launch(root, sumOf(doubled(counting(100'000, false))));
    CHECK(root.outcome.value == 99'999L * 100'000L);
}

TEST_CASE("AsyncGenerator: yields what it keeps, temporaries, and what converts", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<std::string> root;
    loop.launch(root, []() -> Task<std::string> {
        std::string all;
        auto generator = words();
        for (auto it = co_await generator.begin(); it != generator.end(); co_await ++it) all += it->substr(0, 5);
        co_return all;
    }());
    loop.runUntilIdle();
    CHECK(root.outcome.value == "one ta temand aone t");
}

TEST_CASE("AsyncGenerator: next() moves the value out, and gives nothing at the end, again and again", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<int> root;
    loop.launch(root, []() -> Task<int> {
        auto generator = owned();
        int sum = 0;
        while (std::optional<std::unique_ptr<int>> value = co_await generator.next()) sum += **value;
        auto const again = co_await generator.next();
        co_return again ? -1 : sum;
    }());
    CHECK(root.outcome.value == 3);
}

TEST_CASE("AsyncGenerator: of references lets the consumer change what is behind them", "[coroutines]") {
    CoroutineFixture loop;
    std::vector<int> values{1, 2, 3};
    TestRoot<void> root;
    loop.launch(root, [](std::vector<int> &target) -> Task<void> {
        auto generator = references(target);
        for (auto it = co_await generator.begin(); it != generator.end(); co_await ++it) *it *= 2;
    }(values));
    CHECK(values == std::vector<int>{2, 4, 6});
}

TEST_CASE("AsyncGenerator: an exception comes out of the await for the next value; then it is at its end", "[coroutines]") {
    CoroutineFixture loop;
    TestRoot<std::string> root;
    loop.launch(root, []() -> Task<std::string> {
        auto generator = failing();
        std::string log = std::to_string(*co_await generator.next());
        try {
            (void)co_await generator.next();
        } catch (std::runtime_error const &e) {
            log += e.what();
        }
        auto const last = co_await generator.next();
        co_return log + (last ? "?" : "!");
    }());
    CHECK(root.outcome.value == "1on purpose!");
}

TEST_CASE("AsyncGenerator: one that is dropped early, or never asked, is destroyed", "[coroutines]") {
    CoroutineFixture loop;
    int alive = 0;
    bool hasEnded = false;
    {
        auto never = witnessed(Witness(alive), hasEnded);
        CHECK(alive == 1);
    }
    CHECK(alive == 0);
    TestRoot<int> root;
    loop.launch(root, [](int &count, bool &ended) -> Task<int> {
        auto generator = witnessed(Witness(count), ended);
        (void)co_await generator.next();
        int const second = *co_await generator.next();
        auto moved = std::move(generator);
        generator = counting(1, false);
        co_return second + *co_await moved.next();
    }(alive, hasEnded));
    CHECK(root.outcome.value == 3);
    CHECK(alive == 0);
    CHECK_FALSE(hasEnded);
}

TEST_CASE("AsyncGenerator: in a cancelled call chain its co_yield throws Cancelled", "[coroutines]") {
    CoroutineFixture loop;
    Scope scope;
    int alive = 0;
    bool hasEnded = false;
    TestRoot<void> root;
    loop.launch(
        root,
        [](Scope &s, int &count, bool &ended) -> Task<void> {
            auto generator = witnessed(Witness(count), ended);
            (void)co_await generator.next();
            s.cancel();
            (void)co_await generator.next();
        }(scope, alive, hasEnded),
        &scope);
    CHECK(root.wasCancelled());
    CHECK(hasEnded);
    CHECK(alive == 0);
}

TEST_CASE("GeneratorRoot: runs to the end, one value a turn", "[coroutines]") {
    CoroutineFixture loop;
    auto isSleeping = GENERATE(false, true);
    Scope scope;
    CollectingRoot root;
    root.launch(counting(3, isSleeping), &scope, loop.resumer, DEFAULT_PRIORITY, ServiceId{1});
    CHECK(root.isRunning());
    CHECK(root.values.size() == (isSleeping ? 0 : 1));
    CHECK(loop.runUntilIdle() == (isSleeping ? 6 : 3));
    CHECK(root.values == std::vector<int>{0, 1, 2});
    CHECK(root.endings == 1);
    CHECK(scope.isEmpty());
}

TEST_CASE("GeneratorRoot: gets the exception that left the generator", "[coroutines]") {
    CoroutineFixture loop;
    CollectingRoot root;
    root.launch(failing(), nullptr, loop.resumer, DEFAULT_PRIORITY, ServiceId{1});
    loop.runUntilIdle();
    CHECK(TestRoot<void>::messageOf(root.outcome.error) == "on purpose");
}

TEST_CASE("GeneratorRoot: is cancelled, abandoned by itself or abandoned by its scope between two values", "[coroutines]") {
    CoroutineFixture loop;
    Scope scope;
    int alive = 0;
    bool hasEnded = false;
    CollectingRoot root;
    root.launch(witnessed(Witness(alive), hasEnded), &scope, loop.resumer, DEFAULT_PRIORITY, ServiceId{1});
    CHECK(alive == 1);
    SECTION("cancelled") {
        scope.cancel();
        CHECK(alive == 1);
        loop.runUntilIdle();
        CHECK(hasEnded);
        CHECK(root.outcome.cancelled);
        CHECK(root.endings == 1);
    }
    SECTION("abandoned by itself") {
        root.abandon();
        CHECK(root.endings == 0);
    }
    SECTION("abandoned by its scope") {
        scope.abandonAll();
        CHECK(root.endings == 1);
        CHECK(root.outcome.cancelled);
    }
    CHECK(alive == 0);
    CHECK(scope.isEmpty());
    CHECK(loop.runUntilIdle() == 0);
    CHECK_FALSE(root.isRunning());
}
