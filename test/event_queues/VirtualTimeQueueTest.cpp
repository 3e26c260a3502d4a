#include <ichor/event_queues/VirtualTimeQueue.h>

#include <event_queues/ScriptedProcessor.h>

#include <ichor/coroutines/TimerNode.h>

#include <array>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

class LoopFixture {
public:
    LoopFixture() : processor(ScriptedProcessor::of(queue)) {}
    VirtualTimeQueue queue;
    ScriptedProcessor &processor;
};

class TestTimer final : public TimerNode {
public:
    std::function<void()> onDue = [] {};
    void wake() noexcept override { onDue(); }
};

} // namespace

TEST_CASE("VirtualTimeQueue: runs until there is nothing to do, and starts its processor once", "[virtual]") {
    LoopFixture loop;
    int starts = 0;
    loop.processor.onStarted = [&] { ++starts; };
    CHECK(loop.queue.runUntilIdle());
    loop.queue.pushEvent<Numbered>(ServiceId{1}, 1);
    CHECK(loop.processor.numbers.empty());
    CHECK(loop.queue.runUntilIdle());
    CHECK(loop.processor.numbers == std::vector<int>{1});
    CHECK(starts == 1);
    CHECK(loop.queue.isRunning());
    CHECK(loop.queue.isOwnThread());
    CHECK(IEventQueue::current() == nullptr);
}

TEST_CASE("VirtualTimeQueue: time moves only when told, and stops at each deadline on the way", "[virtual]") {
    LoopFixture loop;
    TestTimer timer;
    TimePoint start = loop.queue.now();
    std::vector<Duration> firings;
    timer.onDue = [&] {
        firings.push_back(loop.queue.now() - start);
        loop.queue.armTimer(timer, timer.deadline() + 10ms);
    };
    loop.processor.onStarted = [&] { loop.queue.armTimer(timer, start + 10ms); };
    CHECK(loop.queue.runUntilIdle());
    CHECK(firings.empty());
    CHECK(loop.queue.advance(35ms));
    CHECK(firings == std::vector<Duration>{10ms, 20ms, 30ms});
    CHECK(loop.queue.now() == start + 35ms);
    CHECK(loop.queue.advance(5ms));
    CHECK(firings.size() == 4);
}

TEST_CASE("VirtualTimeQueue: start jumps from deadline to deadline", "[virtual]") {
    LoopFixture loop;
    TestTimer timer;
    int firings = 0;
    timer.onDue = [&] {
        if (++firings == 1'000) return loop.processor.finish();
        loop.queue.armTimer(timer, timer.deadline() + 24h);
    };
    loop.processor.onStarted = [&] { loop.queue.armTimer(timer, loop.queue.now() + 24h); };
    CHECK(loop.queue.start() == 0);
    CHECK(firings == 1'000);
}

TEST_CASE("VirtualTimeQueue: start goes on where runUntilIdle stopped", "[virtual]") {
    LoopFixture loop;
    int starts = 0;
    loop.processor.onStarted = [&] { ++starts; };
    CHECK(loop.queue.runUntilIdle());
    loop.queue.quit();
    CHECK(loop.queue.start() == 0);
    CHECK(starts == 1);
}

TEST_CASE("VirtualTimeQueue: says when the processor is finished, and stays so", "[virtual]") {
    LoopFixture loop;
    CHECK(loop.queue.runUntilIdle());
    loop.queue.pushEvent<QuitEvent>(ServiceId{1});
    CHECK_FALSE(loop.queue.advance(1s));
    CHECK_FALSE(loop.queue.runUntilIdle());
    CHECK_FALSE(loop.queue.isRunning());
    CHECK_FALSE(loop.queue.tryPushEvent<Numbered>(ServiceId{1}, 1));
}

TEST_CASE("VirtualTimeQueue: has no descriptors to watch", "[virtual]") { CHECK(VirtualTimeQueue().readiness() == nullptr); }

TEST_CASE("VirtualTimeQueue: a timer that is due as soon as it is armed, by the last step between events, is run too", "[virtual]") {
    LoopFixture loop;
    TestTimer timer;
    int firings = 0;
    timer.onDue = [&] { ++firings; };
    bool isFirst = true;
    loop.processor.onAdvance = [&] {
        if (std::exchange(isFirst, false)) loop.queue.armTimer(timer, loop.queue.now());
        return false;
    };
    loop.processor.onStarted = [&] { loop.processor.markWork(); };
    CHECK(loop.queue.runUntilIdle());
    CHECK(firings == 1);
}

TEST_CASE("VirtualTimeQueue: advancing to the end of time runs all timers and returns", "[virtual]") {
    LoopFixture loop;
    TestTimer timer;
    int firings = 0;
    timer.onDue = [&] { ++firings; };
    loop.processor.onStarted = [&] { loop.queue.armTimer(timer, loop.queue.now() + 1h); };
    CHECK(loop.queue.advance(Duration::max()));
    CHECK(firings == 1);
    TimePoint const then = loop.queue.now();
    CHECK(loop.queue.advance(Duration::max()));
    CHECK(loop.queue.now() == then);
    loop.queue.armTimer(timer, then + 1h);
    CHECK(loop.queue.advance(Duration::max()));
    CHECK(firings == 2);
    loop.queue.letPass(Duration::max());
    CHECK(loop.queue.now() == TimePoint::max());
}

TEST_CASE("VirtualTimeQueue: a wakeup that comes next runs, although what was pushed behind it came to nothing", "[virtual]") {
    struct Inner final : EventOf<Inner> {
        Inner() { throw std::runtime_error("no"); }
    };
    struct Outer final : EventOf<Outer> {
        explicit Outer(IEventQueue &queue) { queue.pushEvent<Inner>(ServiceId{1}); }
        std::array<std::byte, 424> bytes{}; // behind the first event, it ends where the store's first chunk does
    };
    LoopFixture loop;
    TestTimer wakeup;
    int woken = 0;
    wakeup.onDue = [&] { ++woken; };
    loop.processor.onEvent = [&](Event &) {
        loop.queue.post(wakeup, DEFAULT_PRIORITY);
        CHECK_THROWS_AS(loop.queue.pushEvent<Outer>(ServiceId{1}, loop.queue), std::runtime_error);
    };
    loop.queue.pushEvent<Numbered>(ServiceId{1}, 1);
    CHECK(loop.queue.runUntilIdle());
    CHECK(woken == 1);
}
