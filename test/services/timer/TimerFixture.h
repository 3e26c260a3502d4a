#pragma once

#include <ichor/DependencyManager.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <ichor/logging/IFrameworkLogger.h>
#include <ichor/services/timer/TimerFactory.h>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

namespace TimerTests {

using namespace Ichor;
using namespace std::chrono_literals;

struct ITimerUser {
    virtual ~ITimerUser() = default;
    ITimerFactory *timers = nullptr;
    IService *self = nullptr;
};

/// A service that requires timers and lends them to the test.
class TimerUser final : public ITimerUser {
public:
    TimerUser(ITimerFactory &factory, IService &service) {
        timers = &factory;
        self = &service;
    }
};

inline std::vector<std::string> frameworkLines;

/// Keeps what Ichor itself says, for the test to look at.
class FrameworkLines final : public IFrameworkLogger {
public:
    FrameworkLines() { frameworkLines.clear(); }

private:
    void write(LogLevel, std::source_location const &, fmt::string_view format, fmt::format_args args) override {
        frameworkLines.push_back(fmt::vformat(format, args));
    }
};

/// A manager with timers on a manual clock, and a service that uses them.
class LoopFixture {
public:
    LoopFixture() : manager(queue.createManager()) {
        manager.createServiceManager<FrameworkLines, IFrameworkLogger>();
        manager.createServiceManager<TimerFactory, ITimerFactory>();
        userId = manager.createServiceManager<TimerUser, ITimerUser>();
        queue.runUntilIdle();
    }
    LoopFixture(LoopFixture const &) = delete;
    LoopFixture &operator=(LoopFixture const &) = delete;
    ~LoopFixture() {
        manager.quit();
        queue.advance(1min);
    }

    ITimerUser &user() {
        ITimerUser *found = manager.getService<ITimerUser>(userId);
        REQUIRE(found != nullptr);
        return *found;
    }
    ITimerFactory &timers() { return *user().timers; }

    /// A timer that counts its firings.
    Timer makeTimer(Duration interval, FireMode mode, Fire first = Fire::AFTER_INTERVAL) {
        Timer timer = timers().createTimer();
        timer.setInterval(interval);
        timer.setFireMode(mode);
        timer.setCallback([this] { ++firings; });
        timer.start(first);
        return timer;
    }

    void advance(Duration duration) { queue.advance(duration); }

    VirtualTimeQueue queue;
    DependencyManager &manager;
    ServiceId userId;
    int firings = 0;
};

} // namespace TimerTests
