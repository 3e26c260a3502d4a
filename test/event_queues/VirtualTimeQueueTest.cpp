#include <ichor/event_queues/VirtualTimeQueue.h>

#include <event_queues/ScriptedProcessor.h>

#include <ichor/coroutines/TimerNode.h>

#include <functional>
#include <thread>
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
