#include <catch2/catch.hpp>
#include <coroutines/CoroutineFixture.h>
#include <ichor/coroutines/Sleep.h>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

Task<void> ticking(std::vector<Duration> &ticks, FakeResumer &resumer, Duration each, int count) {
    for (int i = 0; i < count; ++i) {
        co_await sleepFor(each);
        ticks.push_back(resumer.now().time_since_epoch());
    }
}

} // namespace

TEST_CASE("sleepFor: goes on when the queue's clock has come that far", "[coroutines]") {
    CoroutineFixture loop;
    std::vector<Duration> ticks;
    TestRoot<void> root;
    loop.launch(root, ticking(ticks, loop.resumer, 10ms, 3));
    loop.resumer.advance(9ms);
    CHECK(ticks.empty());
    loop.resumer.advance(21ms);
    CHECK(ticks == std::vector<Duration>{10ms, 20ms, 30ms});
    CHECK(root.hasSucceeded());
}

TEST_CASE("sleepFor: of nothing or less lets others run and comes back", "[coroutines]") {
    CoroutineFixture loop;
    auto duration = GENERATE(as<Duration>{}, 0ns, -1h);
    std::vector<Duration> ticks;
    TestRoot<void> root;
    loop.launch(root, ticking(ticks, loop.resumer, duration, 2));
    CHECK(root.isRunning());
    loop.runUntilIdle();
    CHECK(root.hasSucceeded());
}

TEST_CASE("sleepFor: of the longest time that there is does not wrap around", "[coroutines]") {
    CoroutineFixture loop;
    loop.resumer.advance(1h);
    std::vector<Duration> ticks;
    TestRoot<void> root;
    loop.launch(root, ticking(ticks, loop.resumer, Duration::max(), 1));
    loop.resumer.advance(1000h);
    CHECK(root.isRunning());
}

TEST_CASE("sleepFor: cancelling or destroying the sleeper disarms its timer", "[coroutines]") {
    CoroutineFixture loop;
    std::vector<Duration> ticks;
    TestRoot<void> root;
    loop.launch(root, ticking(ticks, loop.resumer, 1h, 1));
    CHECK(loop.resumer.armedTimers() == 1);
    SECTION("cancelled") { root.cancel(); }
    SECTION("destroyed") { root.abandon(); }
    CHECK(loop.resumer.armedTimers() == 0);
    loop.runUntilIdle();
    CHECK_FALSE(root.isRunning());
    CHECK(ticks.empty());
}
