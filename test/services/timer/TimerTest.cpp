#include "TimerFixture.h"

#include <ichor/coroutines/AsyncManualResetEvent.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

using namespace TimerTests;

TEST_CASE("Timer: a fire-once timer fires once, then is stopped", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.makeTimer(10ms, FireMode::ONCE);
    CHECK(timer.state() == TimerState::RUNNING);
    loop.advance(9ms);
    CHECK(loop.firings == 0);
    loop.advance(26ms);
    CHECK(loop.firings == 1);
    CHECK(timer.state() == TimerState::STOPPED);
}

TEST_CASE("Timer: a repeating timer fires once an interval until it is stopped", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.makeTimer(10ms, FireMode::REPEAT);
    loop.advance(10ms);
    CHECK(loop.firings == 1);
    loop.advance(25ms);
    CHECK(loop.firings == 3);
    timer.stop();
    CHECK(timer.state() == TimerState::STOPPED);
    loop.advance(1s);
    CHECK(loop.firings == 3);
}

TEST_CASE("Timer: repeats unless it is told otherwise", "[timer]") {
    LoopFixture loop;
    CHECK(loop.timers().createTimer().fireMode() == FireMode::REPEAT);
    CHECK(loop.timers().createTimer().state() == TimerState::STOPPED);
}

TEST_CASE("Timer: started at once it fires before the first interval, but not inside start", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.makeTimer(10ms, FireMode::REPEAT, Fire::AT_ONCE);
    CHECK(loop.firings == 0);
    loop.queue.runUntilIdle();
    CHECK(loop.firings == 1);
    loop.advance(10ms);
    CHECK(loop.firings == 2);
}

TEST_CASE("Timer: starting a running timer starts it anew", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.makeTimer(10ms, FireMode::REPEAT);
    loop.advance(6ms);
    timer.start();
    loop.advance(6ms);
    CHECK(loop.firings == 0);
    loop.advance(4ms);
    CHECK(loop.firings == 1);
}

TEST_CASE("Timer: a new interval counts from the next tick on", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.makeTimer(10ms, FireMode::REPEAT);
    timer.setInterval(50ms);
    CHECK(timer.interval() == 50ms);
    loop.advance(10ms);
    CHECK(loop.firings == 1);
    loop.advance(49ms);
    CHECK(loop.firings == 1);
    loop.advance(1ms);
    CHECK(loop.firings == 2);
}

TEST_CASE("Timer: does not drift, however late its callbacks were", "[timer]") {
    LoopFixture loop;
    TimePoint const begin = loop.queue.now();
    std::vector<Duration> due;
    Timer timer = loop.timers().createTimer();
    timer.setInterval(10ms);
    timer.setCallback([&](TimerTick const &tick) {
        due.push_back(tick.due - begin);
        loop.queue.letPass(3ms);
    });
    timer.start();
    loop.advance(100s);
    REQUIRE(due.size() == 10'000);
    for (std::size_t i = 0; i < due.size(); ++i) REQUIRE(due[i] == static_cast<int>(i + 1) * 10ms);
    CHECK(timer.missedTicks() == 0);
}

TEST_CASE("Timer: a late one fires once and says how many ticks it missed", "[timer]") {
    LoopFixture loop;
    TimePoint const begin = loop.queue.now();
    std::vector<std::pair<Duration, uint64_t>> ticks;
    Timer timer = loop.timers().createTimer();
    timer.setInterval(10ms);
    timer.setCallback([&](TimerTick const &tick) { ticks.emplace_back(tick.due - begin, tick.missed); });
    timer.start();

    loop.queue.letPass(47ms);
    loop.queue.runUntilIdle();
    loop.advance(3ms);
    CHECK(ticks == std::vector<std::pair<Duration, uint64_t>>{{40ms, 3}, {50ms, 0}});
    CHECK(timer.missedTicks() == 3);

    timer.start();
    CHECK(timer.missedTicks() == 0);
}

TEST_CASE("Timer: an interval that ends beyond the end of time never fires, and does not overflow", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.makeTimer(Duration::max(), FireMode::REPEAT);
    loop.advance(24h * 365);
    CHECK(loop.firings == 0);
    timer.start(Fire::AT_ONCE);
    loop.advance(24h * 365);
    CHECK(loop.firings == 1);
    CHECK(timer.state() == TimerState::RUNNING);
}

TEST_CASE("Timer: an interval that is not longer than zero is refused", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.timers().createTimer();
    CHECK_THROWS_WITH(timer.setInterval(0ms), "a timer's interval must be longer than zero");
    CHECK_THROWS_AS(timer.setInterval(-1ms), std::invalid_argument);
}

TEST_CASE("Timer: one without an interval or a callback does not start", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.timers().createTimer();
    CHECK_THROWS_WITH(timer.start(), Catch::Contains("without an interval"));
    timer.setInterval(1ms);
    CHECK_THROWS_WITH(timer.start(), Catch::Contains("without a callback"));
    CHECK(timer.state() == TimerState::STOPPED);
    timer.setCallback([] {});
    CHECK_NOTHROW(timer.start());
}

TEST_CASE("Timer: may be stopped, started, changed and destroyed from inside its own callback", "[timer]") {
    LoopFixture loop;
    auto timer = std::make_unique<Timer>(loop.timers().createTimer());
    std::vector<int> calls;
    timer->setInterval(10ms);

    SECTION("stopped") {
        timer->setCallback([&] {
            calls.push_back(1);
            timer->stop();
        });
        timer->start();
        loop.advance(50ms);
        CHECK(calls == std::vector{1});
        CHECK(timer->state() == TimerState::STOPPED);
    }
    SECTION("started anew") {
        timer->setFireMode(FireMode::ONCE);
        timer->setCallback([&] {
            calls.push_back(1);
            CHECK(timer->state() == TimerState::STOPPED);
            if (calls.size() < 3) timer->start();
        });
        timer->start();
        loop.advance(1s);
        CHECK(calls.size() == 3);
    }
    SECTION("given another callback") {
        auto const alive = std::make_shared<int>(0);
        timer->setCallback([&, alive] {
            timer->setCallback([&] { calls.push_back(2); });
            calls.push_back(static_cast<int>(alive.use_count())); // what this one captured is still there
        });
        timer->start();
        loop.advance(20ms);
        CHECK(calls == std::vector{2, 2});
        CHECK(alive.use_count() == 1);
    }
    SECTION("destroyed") {
        auto const alive = std::make_shared<int>(0);
        timer->setCallback([&, alive] {
            timer.reset();
            calls.push_back(static_cast<int>(alive.use_count()));
        });
        timer->start();
        loop.advance(50ms);
        CHECK(calls == std::vector{2});
        CHECK(alive.use_count() == 1);
    }
    SECTION("moved over") {
        timer->setCallback([&] {
            calls.push_back(1);
            *timer = loop.timers().createTimer();
        });
        timer->start();
        loop.advance(50ms);
        CHECK(calls == std::vector{1});
    }
}

TEST_CASE("Timer: a timer destroyed by another one's callback at the same point of time does not fire", "[timer]") {
    LoopFixture loop;
    std::optional<Timer> first = loop.timers().createTimer();
    std::optional<Timer> second = loop.timers().createTimer();
    for (auto *pair : {&first, &second}) {
        auto &other = pair == &first ? second : first;
        (*pair)->setInterval(10ms);
        (*pair)->setCallback([&loop, &other] {
            ++loop.firings;
            other.reset();
        });
        (*pair)->start();
    }
    loop.advance(10ms);
    CHECK(loop.firings == 1);
}

TEST_CASE("Timer: the callback's coroutine runs for the service, and the timer goes on", "[timer]") {
    LoopFixture loop;
    std::vector<std::string> journal;
    Timer timer = loop.timers().createTimer();
    timer.setInterval(10ms);
    timer.setCallback([&]() -> Task<void> {
        journal.emplace_back("begin");
        co_await loop.timers().sleep(4ms);
        journal.emplace_back("end");
    });
    timer.start();
    loop.advance(12ms);
    CHECK(journal == std::vector<std::string>{"begin"});
    CHECK_FALSE(loop.user().self->scope()->isEmpty());
    loop.advance(10ms);
    CHECK(journal == std::vector<std::string>{"begin", "end", "begin"});
}

TEST_CASE("Timer: while the callback's coroutine still runs, ticks are left out and counted as missed", "[timer]") {
    LoopFixture loop;
    std::vector<uint64_t> missed;
    Timer timer = loop.timers().createTimer();
    timer.setInterval(10ms);
    timer.setCallback([&](TimerTick const &tick) -> Task<void> {
        co_await loop.timers().sleep(25ms);
        missed.push_back(tick.missed); // the tick is still there after the coroutine has slept
    });
    timer.start();
    loop.advance(30ms); // begins at 10, is busy until 35
    CHECK(timer.missedTicks() == 2);
    loop.advance(40ms); // begins at 40, is busy until 65, and at 70
    CHECK(missed == std::vector<uint64_t>{0, 2});
    CHECK(timer.missedTicks() == 4);
}

TEST_CASE("Timer: a fire-once timer whose last coroutine still runs fires at the next interval", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.timers().createTimer();
    timer.setInterval(10ms);
    timer.setFireMode(FireMode::ONCE);
    timer.setCallback([&](TimerTick const &tick) -> Task<void> {
        loop.firings += 1 + 100 * static_cast<int>(tick.missed);
        co_await loop.timers().sleep(15ms);
    });
    timer.start();
    loop.advance(10ms);
    timer.start();
    loop.advance(10ms);
    CHECK(loop.firings == 1);
    CHECK(timer.state() == TimerState::RUNNING);
    loop.advance(10ms);
    CHECK(loop.firings == 102);
    CHECK(timer.state() == TimerState::STOPPED);
}

TEST_CASE("Timer: a coroutine and what its lambda captured outlive the timer", "[timer]") {
    LoopFixture loop;
    auto const alive = std::make_shared<int>(7);
    int seen = 0;
    {
        Timer timer = loop.timers().createTimer();
        timer.setInterval(10ms);
        timer.setCallback([&, alive]() -> Task<void> {
            co_await loop.timers().sleep(50ms);
            seen = *alive;
        });
        timer.start();
        loop.advance(10ms);
        SECTION("destroyed while it runs") {}
        SECTION("given another callback while it runs") {
            timer.setCallback([] {});
        }
        SECTION("stopped while it runs") { timer.stop(); }
    }
    CHECK(alive.use_count() == 2);
    loop.advance(50ms);
    CHECK(seen == 7);
    CHECK(alive.use_count() == 1);
}

TEST_CASE("Timer: what a callback throws is logged with the service's name, and the timer goes on", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.timers().createTimer();
    timer.setInterval(10ms);
    SECTION("a function") {
        timer.setCallback([&] {
            ++loop.firings;
            throw std::runtime_error("out of paper");
        });
    }
    SECTION("a coroutine") {
        timer.setCallback([&]() -> Task<void> {
            ++loop.firings;
            co_await loop.timers().sleep(1ms);
            throw std::runtime_error("out of paper");
        });
    }
    SECTION("a coroutine, before it sleeps") {
        timer.setCallback([&]() -> Task<void> {
            ++loop.firings;
            throw std::runtime_error("out of paper");
            co_return;
        });
    }
    timer.start();
    loop.advance(25ms);
    CHECK(loop.firings == 2);
    REQUIRE(frameworkLines.size() == 2);
    CHECK_THAT(frameworkLines[0], Catch::Contains("TimerUser") && Catch::Contains("out of paper"));
    CHECK(loop.user().self->getServiceState() == ServiceState::ACTIVE);
}

TEST_CASE("Timer: runs at its priority among the events of the queue", "[timer]") {
    LoopFixture loop;
    std::vector<int> order;
    std::vector<Timer> timers;
    for (int number : {3, 1, 2}) {
        timers.push_back(loop.timers().createTimer());
        timers.back().setPriority(Priority{static_cast<uint64_t>(number)});
        timers.back().setInterval(10ms);
        timers.back().setCallback([&order, number] { order.push_back(number); });
        timers.back().start();
    }
    loop.advance(10ms);
    CHECK(order == std::vector{1, 2, 3});
}

TEST_CASE("Timer: a moved one goes on, and what it was moved from holds nothing", "[timer]") {
    LoopFixture loop;
    Timer timer;
    CHECK_FALSE(timer);
    Timer made = loop.makeTimer(10ms, FireMode::REPEAT);
    timer = std::move(made);
    CHECK(timer);
    CHECK_FALSE(made); // NOLINT: a moved-from one holds nothing by contract
    loop.advance(10ms);
    CHECK(loop.firings == 1);
}
