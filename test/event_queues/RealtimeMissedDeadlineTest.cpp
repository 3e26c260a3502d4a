#include <ichor/Ichor.h>
#include <ichor/event_queues/RealtimeQueue.h>

#include <event_queues/ChildProcess.h>
#include <event_queues/RealtimeDeadlines.h>
#include <event_queues/ScriptedProcessor.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

enum class Handler { COMPUTES, STANDS_STILL };

struct Starter final : TimerNode {
    std::function<void()> onDue;
    void wake() noexcept override { onDue(); }
};

std::chrono::nanoseconds processorTime() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Misses deadlines, each by a handler that takes as long as RT throttling would hold it back, and says which are put down to that.
void missDeadlines(FILE *say, Handler handler, std::size_t count) {
    auto const throttling = RtThrottling::read();
    if (!throttling || throttling->pause() < 5ms) return static_cast<void>(std::fputs("NO THROTTLING", say));
    auto const pause = throttling->pause();
    RealtimeSettings settings = modest();
    settings.onMissedDeadline = [&](MissedDeadline const &missed) { std::fputc(missed.isThrottling ? 't' : '-', say); };
    RealtimeQueue queue(settings);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    Starter timer;
    // After a sleep, which is nothing that the thread was held back for.
    processor.onStarted = [&] { queue.armTimer(timer, queue.now() + 20ms); };
    timer.onDue = [&] { queue.pushEventBefore<Numbered>(ORIGIN, queue.now(), 1); };
    processor.onEvent = [&](Event &) {
        if (handler == Handler::STANDS_STILL) {
            std::this_thread::sleep_for(pause);
        } else {
            for (auto const end = processorTime() + pause; processorTime() < end;) {}
        }
        // The next one only once what was measured for this one is forgotten.
        if (processor.numbers.size() == count) return processor.finish();
        queue.armTimer(timer, queue.now() + 3 * pause);
    };
    queue.start();
    for (RealtimeShortfall const &shortfall : queue.report().shortfalls) {
        if (shortfall.subject == RealtimeShortfall::Subject::SCHEDULING) std::fputs(" REFUSED", say);
    }
}

} // namespace

TEST_CASE("RealtimeQueue: an event whose deadline has passed is handled, counted as missed, and told with how late it was",
          "[realtime][deadline]") {
    RealtimeSettings settings = modest();
    std::vector<MissedDeadline> misses;
    std::thread::id toldOn;
    settings.onMissedDeadline = [&](MissedDeadline const &missed) {
        misses.push_back(missed);
        toldOn = std::this_thread::get_id();
    };
    RealtimeQueue queue(settings);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    TimePoint const deadline = std::chrono::steady_clock::now() - 1h;
    std::uint64_t id = 0;
    std::thread([&] { id = queue.pushEventBefore<Numbered>(ORIGIN, deadline, 1); }).join();
    queue.pushEventBefore<Numbered>(ORIGIN, inSomeHours(1), 2);
    std::uint64_t seenId = 0;
    std::size_t toldBefore = 99;
    processor.onEvent = [&](Event &event) {
        if (static_cast<Numbered &>(event).number == 1) {
            seenId = event.id();
            toldBefore = misses.size();
        } else {
            processor.finish();
        }
    };
    queue.start();
    CHECK(processor.numbers == std::vector<int>{1, 2});
    CHECK(queue.missedDeadlines() == 1);
    REQUIRE(misses.size() == 1);
    CHECK(toldBefore == 0); // it is told after the handlers, which count
    CHECK(toldOn == std::this_thread::get_id());
    CHECK(id != 0);
    CHECK(seenId == id);
    CHECK(misses[0].id == id);
    CHECK(misses[0].type == Numbered::TYPE);
    CHECK(misses[0].name == Numbered::NAME);
    CHECK(misses[0].origin == ORIGIN);
    CHECK(misses[0].deadline == deadline);
    CHECK(misses[0].lateAtStart >= 1h);
    CHECK(misses[0].late >= misses[0].lateAtStart);
    CHECK_FALSE(misses[0].isThrottling);
}

TEST_CASE("RealtimeQueue: an event whose handler starts in time and takes too long is a missed deadline too", "[realtime][deadline]") {
    RealtimeSettings settings = modest();
    std::vector<MissedDeadline> misses;
    settings.onMissedDeadline = [&](MissedDeadline const &missed) { misses.push_back(missed); };
    RealtimeQueue queue(settings);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    TimePoint deadline{};
    auto ahead = 10ms; // on a busy machine the handler may start too late for what is tested here, and then more is tried
    auto const push = [&] { queue.pushEventBefore<Numbered>(ORIGIN, deadline = std::chrono::steady_clock::now() + ahead, 1); };
    processor.onStarted = push;
    processor.onEvent = [&](Event &) {
        if (std::chrono::steady_clock::now() >= deadline) {
            misses.clear();
            ahead *= 2;
            return push();
        }
        while (std::chrono::steady_clock::now() <= deadline) {}
        misses.clear();
        processor.finish();
    };
    queue.start();
    REQUIRE(misses.size() == 1);
    CHECK(misses[0].lateAtStart == 0ns);
    CHECK(misses[0].late > 0ns);
    CHECK(misses[0].deadline == deadline);
    CHECK(queue.missedDeadlines() == processor.numbers.size());
}

TEST_CASE("RealtimeQueue: what is thrown by the callback for missed deadlines is reported, and the queue goes on", "[realtime][deadline]") {
    RealtimeSettings settings = modest();
    settings.onMissedDeadline = [](MissedDeadline const &) { throw std::runtime_error("too late"); };
    RealtimeQueue queue(settings);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    for (int i = 0; i < 3; ++i) queue.pushEventBefore<Numbered>(ORIGIN, TimePoint{}, i);
    processor.onEvent = [&](Event &event) {
        if (static_cast<Numbered &>(event).number == 2) queue.pushEvent<QuitEvent>(ORIGIN);
    };
    queue.start();
    CHECK(processor.numbers == std::vector<int>{0, 1, 2});
    CHECK(processor.foreignExceptions == 3);
    CHECK(queue.missedDeadlines() == 3);
}

TEST_CASE("RealtimeQueue: a missed deadline looks like throttling when the thread stood still, and not when its handler took as long",
          "[realtime][deadline]") {
    // The system may hold a thread back for any reason at any time, and for as long: so not each of some.
    ChildResult const computes = inChildProcess([](FILE *say) { missDeadlines(say, Handler::COMPUTES, 8); });
    ChildResult const standsStill = inChildProcess([](FILE *say) { missDeadlines(say, Handler::STANDS_STILL, 1); });
    INFO(computes.text << " and " << standsStill.text);
    CHECK(computes.status == 0);
    CHECK(standsStill.status == 0);
    if (standsStill.text.find("NO THROTTLING") != std::string::npos) {
        WARN("not tested: the kernel does not throttle here");
        return;
    }
    CHECK_THAT(computes.text, Catch::Contains("-"));
    if (standsStill.text.find("REFUSED") != std::string::npos) {
        WARN("not tested: SCHED_FIFO was refused here");
        return;
    }
    CHECK(standsStill.text == "t");
}

TEST_CASE("RealtimeQueue: no missed deadline looks like throttling to a thread that is not under it", "[realtime][deadline]") {
    ChildResult const result = inChildProcess([](FILE *say) {
        becomePlainUser();
        missDeadlines(say, Handler::STANDS_STILL, 3);
    });
    INFO(result.text);
    CHECK(result.status == 0);
    CHECK(result.text.find('t') == std::string::npos);
}
