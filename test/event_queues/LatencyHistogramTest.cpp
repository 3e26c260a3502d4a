#include <ichor/event_queues/LatencyHistogram.h>

#include <ichor/coroutines/TimerNode.h>
#include <ichor/event_queues/LatencyMeter.h>
#include <ichor/event_queues/RealtimeQueue.h>

#include <event_queues/ScriptedProcessor.h>

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

constexpr ServiceId ORIGIN{7};

void spend(Duration time) {
    auto const end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {}
}

class CountingTimer final : public TimerNode {
public:
    int calls = 0;
    void wake() noexcept override { ++calls; }
};

RealtimeSettings settings() {
    RealtimeSettings settings;
    settings.realtime = Realtime::BestEffort;
    settings.priority = 1;
    settings.isMemoryLocked = false;
    return settings;
}

} // namespace

TEST_CASE("LatencyHistogram: each value is in a bucket whose bound is not below it and at most a thirty-second above", "[latency]") {
    std::size_t last = 0;
    std::mt19937_64 random(1);
    for (std::uint64_t value = 0; value <= LatencyHistogram::LARGEST; value += 1 + (random() % (value / 16 + 1))) {
        std::size_t const bucket = LatencyHistogram::bucketOf(value);
        REQUIRE(bucket >= last);
        REQUIRE(LatencyHistogram::boundOf(bucket) >= value);
        REQUIRE(LatencyHistogram::boundOf(bucket) - value <= value / 32);
        REQUIRE(LatencyHistogram::bucketOf(LatencyHistogram::boundOf(bucket)) == bucket);
        last = bucket;
    }
    CHECK(LatencyHistogram::bucketOf(~std::uint64_t{0}) == LatencyHistogram::bucketOf(LatencyHistogram::LARGEST));
}

TEST_CASE("LatencyHistogram: its percentiles are those of what was recorded, rounded up, and its ends are exact", "[latency]") {
    LatencyHistogram histogram;
    CHECK(histogram.summary().count() == 0);
    CHECK(histogram.summary().percentile(50) == 0ns);
    for (int i = 1; i <= 10'000; ++i) histogram.record(Duration(i * 100));
    LatencySummary const summary = histogram.summary();
    CHECK(summary.count() == 10'000);
    CHECK(summary.least() == 100ns);
    CHECK(summary.most() == 1ms);
    for (double percent : {1.0, 50.0, 99.0, 99.9}) {
        auto const exact = static_cast<std::int64_t>(percent * 10'000);
        CHECK(summary.percentile(percent).count() >= exact);
        CHECK(summary.percentile(percent).count() <= exact + exact / 32);
    }
    CHECK(summary.percentile(100) == 1ms);
    CHECK(summary.percentile(0) >= 100ns);
    histogram.clear();
    CHECK(histogram.summary().count() == 0);
    CHECK(histogram.summary().most() == 0ns);
}

TEST_CASE("LatencyHistogram: is printed in a line and exported as JSON", "[latency]") {
    LatencyHistogram histogram;
    CHECK(histogram.summary().toJson() == R"({"unit":"ns","count":0,"min":0,"p50":0,"p99":0,"p99.9":0,"max":0,"buckets":[]})");
    histogram.record(10ns);
    histogram.record(10ns);
    histogram.record(50us);
    histogram.record(-1ns);
    CHECK(histogram.summary().toJson() ==
          R"({"unit":"ns","count":4,"min":0,"p50":10,"p99":50000,"p99.9":50000,"max":50000,"buckets":[[0,1],[10,2],[50175,1]]})");
    CHECK(histogram.summary().toString() == "min 0.0 us, p50 0.0 us, p99 50.0 us, p99.9 50.0 us, max 50.0 us (4 values)");
    for (int i = 0; i < 1'234'567; ++i) histogram.record(1ns);
    CHECK_THAT(histogram.summary().toString(), Catch::Contains("(1,234,571 values)"));
}

TEST_CASE("LatencyHistogram: another thread reads it meanwhile, and what it sees only grows", "[latency]") {
    LatencyHistogram histogram;
    std::atomic<bool> isOver{false};
    std::uint64_t last = 0;
    bool shrank = false;
    std::thread reader([&] {
        do {
            std::uint64_t const count = histogram.summary().count();
            shrank |= count < last;
            last = count;
        } while (!isOver);
    });
    for (int i = 0; i < 200'000; ++i) histogram.record(Duration(i));
    isOver = true;
    reader.join();
    CHECK_FALSE(shrank);
    CHECK(histogram.summary().count() == 200'000);
}

TEST_CASE("LatencyHistogram: whoever reads it sees bounds that hold all that it sees, from the first value on", "[latency]") {
    for (int round = 0; round < 300; ++round) {
        LatencyHistogram histogram;
        std::atomic<bool> isReading{false};
        std::atomic<bool> isOver{false};
        bool isSound = true;
        std::thread reader([&] {
            isReading = true;
            do {
                LatencySummary const summary = histogram.summary();
                bool const isOrdered = summary.least() >= Duration::zero() && summary.least() <= summary.most();
                isSound = isSound && !summary.toString().empty();
                bool const holds = summary.percentile(0) >= summary.least() && summary.percentile(100) <= summary.most();
                isSound = isSound && isOrdered && holds && (summary.count() == 0 || summary.most() >= 50us);
            } while (!isOver);
        });
        while (!isReading) {}
        for (int i = 0; i < 50; ++i) histogram.record(std::chrono::microseconds(50 + i));
        isOver = true;
        reader.join();
        CHECK(isSound);
    }
}

TEST_CASE("RealtimeQueue: an event that waited is recorded with at least the time that it waited", "[latency][realtime]") {
    RealtimeQueue queue(settings());
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    std::thread other;
    std::atomic<bool> isBusy{false};
    SECTION("from the thread's own push") {
        processor.onStarted = [&] { queue.pushEvent<Numbered>(ORIGIN, 0); };
        processor.onEvent = [&](Event &event) {
            if (static_cast<Numbered &>(event).number == 1) return processor.finish();
            queue.pushEvent<Numbered>(ORIGIN, 1);
            spend(5ms);
        };
    }
    SECTION("from another thread's") {
        processor.onStarted = [&] {
            other = std::thread([&] {
                while (!isBusy) std::this_thread::yield();
                queue.pushEvent<Numbered>(ORIGIN, 1);
                isBusy = false;
            });
            queue.pushEvent<Numbered>(ORIGIN, 0);
        };
        processor.onEvent = [&](Event &event) {
            if (static_cast<Numbered &>(event).number == 1) return processor.finish();
            isBusy = true;
            auto const latest = std::chrono::steady_clock::now() + 30s;
            while (isBusy && std::chrono::steady_clock::now() < latest) std::this_thread::sleep_for(100us);
            spend(5ms);
        };
    }
    queue.start();
    if (other.joinable()) other.join();
    LatencySummary const summary = queue.eventLatency().summary();
    CHECK(summary.count() == 2);
    // The counter's rate was measured, to some millionths.
    CHECK(summary.most() >= 4'990us);
    CHECK(summary.percentile(50) <= summary.most());
    CHECK(queue.timerLateness().summary().count() == 0);
}

TEST_CASE("RealtimeQueue: a timer is recorded with how late its callback is", "[latency][realtime]") {
    RealtimeQueue queue(settings());
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    CountingTimer timer;
    processor.onStarted = [&] {
        queue.armTimer(timer, queue.now() + 1ms);
        spend(6ms);
        queue.pushPrioritisedEvent<Numbered>(ORIGIN, Priority{2000}, 0);
    };
    processor.onEvent = [&](Event &) {
        if (timer.calls == 1) return processor.finish();
        queue.pushPrioritisedEvent<Numbered>(ORIGIN, Priority{2000}, 0);
    };
    queue.start();
    LatencySummary const summary = queue.timerLateness().summary();
    CHECK(summary.count() == 1);
    CHECK(summary.most() >= 4'990us);
    CHECK(queue.eventLatency().summary().count() >= 1);
}

TEST_CASE("RealtimeQueue: each event is in the histogram once, also when they are short and come in their thousands",
          "[latency][realtime]") {
    constexpr int COUNT = 50'000;
    RealtimeQueue queue(settings());
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    int events = 0;
    processor.onStarted = [&] { queue.pushEvent<Numbered>(ORIGIN, 0); };
    processor.onEvent = [&](Event &) {
        if (++events == COUNT) return processor.finish();
        queue.pushEvent<Numbered>(ORIGIN, events);
    };
    queue.start();
    CHECK(queue.eventLatency().summary().count() == COUNT);
}

TEST_CASE("RealtimeQueue: what was pushed before it started is not in the histogram, nor anything when it is not to measure",
          "[latency][realtime]") {
    RealtimeSettings wanted = settings();
    bool const isMeasured = GENERATE(true, false);
    wanted.isLatencyMeasured = isMeasured;
    RealtimeQueue queue(wanted);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    queue.pushEvent<Numbered>(ORIGIN, 0);
    processor.onEvent = [&](Event &event) {
        if (static_cast<Numbered &>(event).number == 1) return processor.finish();
        queue.pushEvent<Numbered>(ORIGIN, 1);
    };
    queue.start();
    CHECK(queue.eventLatency().summary().count() == (isMeasured ? 1U : 0U));
}
