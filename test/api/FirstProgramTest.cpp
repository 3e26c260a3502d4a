// The first program that a user writes.

#include "services/logging/CapturedStdout.h"

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/StdoutLogger.h>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>
#include <string>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct IGreeter {
    virtual ~IGreeter() = default;
    virtual void greet(std::string_view who) = 0;
};

class Greeter final : public IGreeter {
public:
    explicit Greeter(ILogger &logger) : _logger(logger) {}
    void greet(std::string_view who) override { _logger.info("Hello, {}!", who); }

private:
    ILogger &_logger;
};

class App final {
public:
    App(IGreeter &greeter, IEventQueue &queue, IService &self) {
        greeter.greet("world");
        queue.pushEvent<QuitEvent>(self.getServiceId());
    }
};

int firstProgram() {
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<LoggerFactory<StdoutLogger>, ILoggerFactory>(Properties{{"DefaultLogLevel", LogLevel::LOG_INFO}});
    dm.createServiceManager<Greeter, IGreeter>();
    dm.createServiceManager<App>();
    return queue.start(CaptureSigInt);
}

/// Ends the program as somebody at a terminal or a supervisor would.
class Signals final {
public:
    Signals(IEventQueue &queue, IService &self) {
        int const number = self.getProperties().getOr<int>("Signal", 0);
        queue.pushEvent<RunFunctionEvent>(self.getServiceId(), [number] { static_cast<void>(std::raise(number)); });
    }
};

/// Does not end when it is told to.
class Stubborn final : public AdvancedService<Stubborn> {
public:
    Stubborn(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<void> stop() override { co_await sleepFor(1h); }
};

struct Counted {};
int timesFormatted = 0;

} // namespace

template <>
struct fmt::formatter<Counted> {
    template <class Context>
    constexpr auto parse(Context &context) {
        return context.begin();
    }
    template <class Context>
    auto format(Counted, Context &context) const {
        ++timesFormatted;
        return context.out();
    }
};

namespace {

/// Logs once below its level and once at it.
class Talker final {
public:
    Talker(ILogger &logger, IEventQueue &queue, IService &self) {
        logger.debug("{}", Counted{});
        CHECK(timesFormatted == 0);
        logger.warn("{}", Counted{});
        CHECK(timesFormatted == 1);
        queue.pushEvent<QuitEvent>(self.getServiceId());
    }
};

} // namespace

TEST_CASE("API: the first program greets and ends with status 0", "[api]") {
    CapturedStdout captured;
    int const status = firstProgram();
    std::string const text = captured.text();
    CHECK(status == 0);
    CHECK_THAT(text, Catch::Contains(" info [Greeter] Hello, world! (FirstProgramTest.cpp:"));
}

TEST_CASE("API: a log line is formatted only when its level is on", "[api]") {
    timesFormatted = 0;
    CapturedStdout captured;
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<LoggerFactory<StdoutLogger>, ILoggerFactory>(Properties{{"DefaultLogLevel", LogLevel::LOG_INFO}});
    dm.createServiceManager<Talker>();
    CHECK(queue.start() == 0);
    CHECK(timesFormatted == 1);
}

TEST_CASE("API: the program runs until SIGINT or SIGTERM, and its status is 0", "[api]") {
    for (int const number : {SIGINT, SIGTERM}) {
        PriorityQueue queue;
        DependencyManager &dm = queue.createManager();
        dm.createServiceManager<Signals>(Properties{{"Signal", number}});
        CHECK(queue.start(CaptureSigInt) == 0);
        CHECK(dm.getServiceCount() == 0);
    }
}

TEST_CASE("API: stopping that exceeds its deadline gives another status than 0", "[api]") {
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.setStopDeadline(1s);
    dm.createServiceManager<Stubborn>();
    queue.runUntilIdle();
    queue.pushEvent<QuitEvent>(ServiceId{});
    CHECK(queue.start() != 0);
}
