// Who takes too long is named in the log, with what it is that does not end.

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <string>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> lines;

class Log final : public IFrameworkLogger {
private:
    void write(LogLevel, std::source_location const &, fmt::string_view format, fmt::format_args arguments) override {
        lines.push_back(fmt::vformat(format, arguments));
    }
};

bool hasLine(std::string const &text) {
    for (std::string const &line : lines) {
        if (line.find(text) != std::string::npos) {
            return true;
        }
    }
    return false;
}

struct IBank {
    virtual ~IBank() = default;
};

class NeedsBank final {
public:
    explicit NeedsBank(IBank &) {}
};

class NeverStops final : public AdvancedService<NeverStops> {
public:
    NeverStops(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
    static inline int stops = 0;

private:
    Task<void> stop() override {
        ++stops;
        co_await _never;
    }
    AsyncManualResetEvent _never;
};

/// Takes that it is cancelled for a timeout, and tries again.
Task<void> poll(AsyncManualResetEvent &never) {
    for (;;) {
        auto const answer = co_await withTimeout(1s, never);
        if (!answer) {
            continue;
        }
    }
}

class NeverStarts final : public AdvancedService<NeverStarts> {
public:
    NeverStarts(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override {
        for (;;) {
            try {
                co_await sleepFor(1ms);
            } catch (Cancelled const &) {}
        }
    }
};

class Spawns final : public AdvancedService<Spawns> {
public:
    Spawns(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override {
        spawn(neverEnds());
        co_return Expected<void, StartError>{};
    }
    Task<void> neverEnds() {
        for (;;) {
            try {
                co_await sleepFor(1ms);
            } catch (Cancelled const &) {}
        }
    }
};

class Polls final : public AdvancedService<Polls> {
public:
    Polls(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override {
        spawn(poll(_never));
        co_return Expected<void, StartError>{};
    }
    AsyncManualResetEvent _never;
};

/// Takes a stubborn service down as its coroutine has something to do at every moment.
template <class Service>
void takeDownOn(IEventQueue &queue) {
    lines.clear();
    DependencyManager &dm = queue.createManager();
    dm.setStopDeadline(20ms);
    dm.createServiceManager<Log, IFrameworkLogger>();
    ServiceId const id = dm.createServiceManager<Service>();
    queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [id](DependencyManager &manager) -> Task<void> {
        co_await sleepFor(1ms);
        manager.removeService(id);
        while (manager.getIService(id) != nullptr) {
            co_await sleepFor(1ms);
        }
        manager.quit();
    });
    CHECK(queue.start() == 0); // it was not the end of the program that took too long
}

/// The same where a test holds the clock.
template <class Service>
void takeDownStepByStep() {
    lines.clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.setStopDeadline(20ms);
    dm.createServiceManager<Log, IFrameworkLogger>();
    ServiceId const id = dm.createServiceManager<Service>();
    queue.advance(5ms);
    dm.removeService(id);
    CHECK(queue.runUntilIdle()); // the deadline has not come
    CHECK(dm.getIService(id) != nullptr);
    CHECK(queue.advance(1s));
    CHECK(dm.getIService(id) == nullptr);
    dm.quit();
    CHECK_FALSE(queue.runUntilIdle());
}

/// The same by the end of the program. What the log would say then goes to standard error.
template <class Service>
void endStepByStep() {
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.setStopDeadline(20ms);
    dm.createServiceManager<Service>();
    queue.advance(5ms);
    dm.quit();
    CHECK(queue.runUntilIdle());
    CHECK_FALSE(queue.advance(1s));
}

template <class Service>
void takeDown() {
    SECTION("in real time") {
        PriorityQueue queue;
        takeDownOn<Service>(queue);
    }
    SECTION("in virtual time") {
        VirtualTimeQueue queue;
        takeDownOn<Service>(queue);
    }
    SECTION("in virtual time, step by step") { takeDownStepByStep<Service>(); }
}

} // namespace

TEST_CASE("Deadline: a stop that does not end is cancelled, and the log names the service", "[dependency_management]") {
    lines.clear();
    NeverStops::stops = 0;
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.setStopDeadline(100ms);
    dm.createServiceManager<Log, IFrameworkLogger>();
    ServiceId const id = dm.createServiceManager<NeverStops>();
    queue.runUntilIdle();
    dm.stopService(id);
    queue.advance(99ms);
    CHECK(lines.empty());
    CHECK(dm.getIService(id)->getServiceState() == ServiceState::STOPPING);
    queue.advance(1s);
    CHECK(hasLine(fmt::format("NeverStops #{} exceeded its deadline: its stop() does not end", id.value)));
    CHECK(dm.getIService(id)->getServiceState() == ServiceState::INSTALLED);
    CHECK(NeverStops::stops == 1);
    dm.quit();
    queue.runUntilIdle();
}

TEST_CASE("Deadline: a start that ignores that it is cancelled is taken down, and the log names the service", "[dependency_management]") {
    takeDown<NeverStarts>();
    CHECK(hasLine("NeverStarts #"));
    CHECK(hasLine("exceeded its deadline: its start() does not end although it is cancelled"));
}

TEST_CASE("Deadline: a coroutine that ignores that it is cancelled is taken down, and the log names the service",
          "[dependency_management]") {
    takeDown<Spawns>();
    CHECK(hasLine("Spawns #"));
    CHECK(hasLine("exceeded its deadline: its coroutines do not end although they are cancelled"));
}

TEST_CASE("Deadline: a loop that takes its end for a timeout does not hold the thread", "[dependency_management]") {
    takeDown<Polls>();
    CHECK(hasLine("Polls #"));
    CHECK(hasLine("exceeded its deadline: its coroutines do not end although they are cancelled"));
}

TEST_CASE("Deadline: the end of the program takes down in virtual time too who ignores that it is cancelled", "[dependency_management]") {
    endStepByStep<NeverStarts>();
    endStepByStep<Spawns>();
    endStepByStep<Polls>();
}

TEST_CASE("Deadline: who waits too long for a dependency is explained in the log, once", "[dependency_management]") {
    lines.clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.setWaitingReport(1s);
    dm.createServiceManager<Log, IFrameworkLogger>();
    dm.createServiceManager<NeedsBank>();
    queue.runUntilIdle();
    queue.advance(900ms);
    CHECK(lines.empty());
    queue.advance(10s);
    REQUIRE(lines.size() == 1);
    CHECK(hasLine("is INSTALLED. It waits for\n  IBank (required): nobody provides it"));
    dm.quit();
    queue.runUntilIdle();
}
