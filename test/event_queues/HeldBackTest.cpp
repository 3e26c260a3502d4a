#include <ichor/event_queues/HeldBack.h>

#include <ichor/event_queues/RealtimeReport.h>

#include <chrono>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Detail;
using namespace std::chrono_literals;

namespace {

RtThrottling const USUAL{.runtime = 950ms, .period = 1s};
TimePoint const BEGIN{1h};

HeldBack::Moment after(Duration passed, Duration ran, Duration slept = {}) { return {.now = BEGIN + passed, .ran = ran, .slept = slept}; }

} // namespace

TEST_CASE("HeldBack: what a thread neither ran nor slept it was held back", "[realtime]") {
    HeldBack const held(50ms, after(0ms, 7s, 3s));
    CHECK(held.until(after(80ms, 7s + 30ms, 3s)) == 50ms);
    CHECK(held.until(after(80ms, 7s + 80ms, 3s)) == 0ms);
    CHECK(held.until(after(80ms, 7s + 10ms, 3s + 70ms)) == 0ms);
    CHECK(held.until(after(80ms, 7s + 10ms, 3s + 20ms)) == 50ms);
    CHECK(held.until(after(80ms, 7s + 81ms, 3s)) == 0ms); // two clocks are never read at once
}

TEST_CASE("HeldBack: looks back on at least a window and at most two, and forgets what was before", "[realtime]") {
    HeldBack held(50ms, after(0ms, 0ms));
    CHECK_FALSE(held.isDue(BEGIN + 49ms));
    CHECK(held.isDue(BEGIN + 50ms));
    held.advance(after(50ms, 10ms)); // 40 ms were lost
    CHECK_FALSE(held.isDue(BEGIN + 99ms));
    CHECK(held.until(after(51ms, 11ms)) == 40ms);
    CHECK(held.until(after(99ms, 59ms)) == 40ms);
    held.advance(after(100ms, 60ms));
    CHECK(held.until(after(101ms, 61ms)) == 0ms);
}

TEST_CASE("RtThrottling: a handler that takes long is no pause of the kernel's, and one that stands still for so long may be",
          "[realtime]") {
    HeldBack const held(USUAL.pause(), after(0ms, 0ms));
    CHECK_FALSE(USUAL.explains(held.until(after(50ms, 50ms))));
    CHECK_FALSE(USUAL.explains(held.until(after(90ms, 80ms))));
    CHECK_FALSE(USUAL.explains(held.until(after(90ms, 1ms, 80ms))));
    CHECK(USUAL.explains(held.until(after(51ms, 1ms))));
    CHECK(USUAL.explains(held.until(after(90ms, 40ms))));
}

TEST_CASE("RtThrottling: a pause that is shorter than other delays explains none", "[realtime]") {
    RtThrottling const almostAll{.runtime = 999'999us, .period = 1s};
    CHECK(almostAll.pause() == 1us);
    CHECK_FALSE(almostAll.explains(1us));
}
