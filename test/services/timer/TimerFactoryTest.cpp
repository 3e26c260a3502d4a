#include "TimerFixture.h"

#include <ichor/events/QuitEvent.h>

#include <optional>

using namespace TimerTests;

TEST_CASE("TimerFactory: gives each service a factory of its own", "[timer]") {
    LoopFixture loop;
    ServiceId const other = loop.manager.createServiceManager<TimerUser, ITimerUser>();
    loop.queue.runUntilIdle();
    ITimerUser *otherUser = loop.manager.getService<ITimerUser>(other);
    REQUIRE(otherUser != nullptr);
    CHECK(otherUser->timers != loop.user().timers);
}

TEST_CASE("TimerFactory: a service's timers stop with it, and those of others go on", "[timer]") {
    LoopFixture loop;
    ServiceId const otherId = loop.manager.createServiceManager<TimerUser, ITimerUser>();
    loop.queue.runUntilIdle();
    int others = 0;
    Timer other = loop.manager.getService<ITimerUser>(otherId)->timers->createTimer();
    other.setInterval(10ms);
    other.setCallback([&] { ++others; });
    other.start();
    Timer timer = loop.makeTimer(10ms, FireMode::REPEAT);

    loop.manager.stopService(loop.userId);
    loop.advance(30ms);
    CHECK(loop.firings == 0);
    CHECK(others == 3);
    CHECK(timer.state() == TimerState::STOPPED);
}

TEST_CASE("TimerFactory: a timer that outlives its service is stopped for good, and safe", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.makeTimer(10ms, FireMode::REPEAT);
    loop.manager.removeService(loop.userId);
    loop.queue.runUntilIdle();
    CHECK(loop.manager.getIService(loop.userId) == nullptr);

    timer.start();
    timer.stop();
    timer.setInterval(1ms);
    timer.start(Fire::AT_ONCE);
    CHECK(timer.state() == TimerState::STOPPED);
    loop.advance(1s);
    CHECK(loop.firings == 0);
}

TEST_CASE("TimerFactory: a timer that outlives its manager and queue is safe", "[timer]") {
    std::optional<Timer> timer;
    {
        LoopFixture loop;
        timer = loop.makeTimer(10ms, FireMode::REPEAT);
    }
    CHECK(timer->state() == TimerState::STOPPED);
    CHECK_NOTHROW(timer->start());
    timer.reset();
}

TEST_CASE("TimerFactory: a service that stops cancels the coroutine of its callback, and waits for its end", "[timer]") {
    LoopFixture loop;
    std::vector<std::string> journal;
    Timer timer = loop.timers().createTimer();
    timer.setInterval(10ms);
    timer.setCallback([&]() -> Task<void> {
        struct End {
            std::vector<std::string> &journal;
            ~End() { journal.emplace_back("wound down"); }
        } const end{journal};
        journal.emplace_back("begin");
        co_await loop.timers().sleep(1h);
        journal.emplace_back("never");
    });
    timer.start();
    loop.advance(10ms);
    loop.manager.stopService(loop.userId);
    loop.queue.runUntilIdle();
    CHECK(journal == std::vector<std::string>{"begin", "wound down"});
    CHECK(loop.manager.getIService(loop.userId)->getServiceState() == ServiceState::INSTALLED);
    loop.advance(1s);
    CHECK(journal.size() == 2);
}

TEST_CASE("TimerFactory: a service can be stopped, removed and the program ended from inside a callback", "[timer]") {
    LoopFixture loop;
    Timer timer = loop.timers().createTimer();
    timer.setInterval(10ms);
    SECTION("its own service stops") {
        timer.setCallback([&] {
            ++loop.firings;
            loop.manager.stopService(loop.userId);
        });
    }
    SECTION("its own service is removed, from a coroutine") {
        timer.setCallback([&]() -> Task<void> {
            ++loop.firings;
            loop.manager.removeService(loop.userId);
            co_await loop.timers().sleep(1ms);
            loop.firings += 100;
        });
    }
    SECTION("the factory is removed") {
        timer.setCallback([&] {
            ++loop.firings;
            for (auto const &[id, service] : loop.manager.getServiceInfo()) {
                if (service->getServiceName().find("TimerFactory") != std::string_view::npos) loop.manager.removeService(id);
            }
        });
    }
    SECTION("the program ends") {
        timer.setCallback([&] {
            ++loop.firings;
            loop.queue.pushEvent<QuitEvent>(loop.userId);
        });
    }
    timer.start();
    loop.advance(100ms);
    CHECK(loop.firings == 1);
    CHECK(timer.state() == TimerState::STOPPED);
    CHECK(loop.manager.getService<ITimerUser>(loop.userId) == nullptr);
}

TEST_CASE("TimerFactory: a service that is stopped and started again has timers anew", "[timer]") {
    LoopFixture loop;
    for (int round = 0; round < 5; ++round) {
        Timer timer = loop.makeTimer(10ms, FireMode::REPEAT);
        loop.advance(10ms);
        CHECK(loop.firings == round + 1);
        loop.manager.stopService(loop.userId);
        loop.advance(50ms);
        loop.manager.startService(loop.userId);
        loop.queue.runUntilIdle();
    }
}

TEST_CASE("TimerFactory: sleep ends after that time, or with Cancelled when the service stops", "[timer]") {
    LoopFixture loop;
    std::vector<std::string> journal;
    auto const sleeper = [&](Duration duration) -> Task<void> {
        try {
            co_await loop.timers().sleep(duration);
            journal.emplace_back("slept");
        } catch (Cancelled) {
            journal.emplace_back("cancelled");
        }
    };
    loop.user().self->spawn(sleeper(10ms));
    loop.user().self->spawn(sleeper(1h));
    loop.advance(9ms);
    CHECK(journal.empty());
    loop.advance(1ms);
    CHECK(journal == std::vector<std::string>{"slept"});
    loop.manager.stopService(loop.userId);
    loop.queue.runUntilIdle();
    CHECK(journal == std::vector<std::string>{"slept", "cancelled"});
}

TEST_CASE("TimerFactory: makes timers also for who holds it itself", "[timer]") {
    LoopFixture loop;
    auto const factories = loop.manager.getStartedServices<ITimerFactory>();
    REQUIRE(factories.size() == 1);
    Timer timer = factories[0]->createTimer();
    timer.setInterval(10ms);
    timer.setCallback([&] { ++loop.firings; });
    timer.start();
    loop.advance(10ms);
    CHECK(loop.firings == 1);
}
