#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <random>
#include <thread>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct IBase {
    virtual ~IBase() = default;
};

int starts = 0;
int stops = 0;
std::vector<std::uint64_t> stopOrder;

class Base final : public IBase, public AdvancedService<Base> {
public:
    Base(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override {
        ++starts;
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        ++stops;
        stopOrder.push_back(getServiceId().value);
        co_return;
    }
};

/// Always has something to do: events to itself, coroutines that sleep.
class Busy final : public AdvancedService<Busy> {
public:
    Busy(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IBase>(this, DependencyFlags::REQUIRED);
    }
    void addDependencyInstance(IBase &, IService &) {}
    void removeDependencyInstance(IBase &, IService &) {}

private:
    Task<Expected<void, StartError>> start() override {
        ++starts;
        spawn(sleepAndSleep());
        again();
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        ++stops;
        co_await sleepFor(10us);
    }
    void again() {
        getEventQueue().pushEvent<RunFunctionEvent>(getServiceId(), [this] { again(); });
    }
    Task<void> sleepAndSleep() {
        for (;;) {
            co_await sleepFor(50us);
        }
    }
};

class NeverStops final : public AdvancedService<NeverStops> {
public:
    NeverStops(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<void> stop() override { co_await _never; }
    AsyncManualResetEvent _never;
};

} // namespace

TEST_CASE("Quit: services stop in the reverse of the order in which they started", "[dependency_management]") {
    stopOrder.clear();
    std::vector<std::uint64_t> expected;
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    for (int i = 0; i < 5; ++i) {
        expected.insert(expected.begin(), dm.createServiceManager<Base, IBase>().getServiceId().value);
    }
    queue.runUntilIdle();
    queue.pushEvent<QuitEvent>(ServiceId{});
    queue.runUntilIdle();
    CHECK(stopOrder == expected);
    CHECK(dm.getServiceCount() == 0);
}

TEST_CASE("Quit: who exceeds the deadline is taken down by force, and the status says so", "[dependency_management]") {
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.setStopDeadline(100ms);
    dm.createServiceManager<NeverStops>();
    queue.pushEvent<QuitEvent>(ServiceId{});
    CHECK(queue.start() == 1);
    CHECK(dm.getServiceCount() == 0);
}

namespace {

/// Asks for the end by a signal, and in its stop() by another one, behind which it does not end.
class NeedsTwoSignals final : public AdvancedService<NeedsTwoSignals> {
public:
    NeedsTwoSignals(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override {
        static_cast<void>(std::raise(SIGTERM));
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        ++stops;
        static_cast<void>(std::raise(SIGINT));
        co_await _never;
    }
    AsyncManualResetEvent _never;
};

} // namespace

TEST_CASE("Quit: a second signal takes down at once who does not end, and stops the others", "[dependency_management]") {
    starts = stops = 0;
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.setStopDeadline(24h); // nothing but the signal ends it
    dm.createServiceManager<Base, IBase>();
    dm.createServiceManager<NeedsTwoSignals>();
    CHECK(queue.start(CaptureSigInt) == 1);
    CHECK(dm.getServiceCount() == 0);
    CHECK(starts == 1);
    CHECK(stops == 2);
}

TEST_CASE("Quit: SIGINT and SIGTERM at any moment end a busy program with status 0, each started service stopped once",
          "[dependency_management]") {
    std::minstd_rand dice{std::random_device{}()};
    for (int round = 0; round < 300; ++round) {
        starts = stops = 0;
        PriorityQueue queue;
        DependencyManager &dm = queue.createManager();
        dm.createServiceManager<Base, IBase>();
        for (int i = 0; i < 3; ++i) {
            dm.createServiceManager<Busy>();
        }
        unsigned const spins = static_cast<unsigned>(dice() % 20'000);
        int const signal = round % 2 == 0 ? SIGINT : SIGTERM;
        std::thread sender{[&queue, spins, signal] {
            while (!queue.isRunning()) {
                std::this_thread::yield();
            }
            for (std::atomic<unsigned> spun{0}; spun.fetch_add(1) < spins;) {}
            std::raise(signal);
        }};
        int const status = queue.start(CaptureSigInt);
        sender.join();
        CHECK(status == 0);
        CHECK(starts == stops);
    }
}
