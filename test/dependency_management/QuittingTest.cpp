// What services do while the program ends must not keep it from ending.

#include <catch2/catch.hpp>
#include <csignal>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/VirtualTimeQueue.h>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

int stops = 0;

class Oldest final : public AdvancedService<Oldest> {
public:
    Oldest(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<void> stop() override {
        ++stops;
        co_return;
    }
};

Task<void> nap() { co_await sleepFor(1ms); }

class SpawnsWhenMade final : public AdvancedService<SpawnsWhenMade> {
public:
    SpawnsWhenMade(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) { spawn(nap()); }
};

/// Makes others as it stops, which have to wind down what their constructors spawned.
class MakesOthers final : public AdvancedService<MakesOthers> {
public:
    MakesOthers(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<void> stop() override {
        ++stops;
        for (int i = 0; i < 3; ++i) {
            getManager().createServiceManager<SpawnsWhenMade>();
        }
        co_return;
    }
};

/// Takes its cancellation for a timeout, starts all the same, and stops slowly.
class StartsAllTheSame final : public AdvancedService<StartsAllTheSame> {
public:
    StartsAllTheSame(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override {
        static_cast<void>(co_await withTimeout(1h, _never));
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        ++stops;
        co_await sleepFor(1ms);
    }
    AsyncManualResetEvent _never;
};

Task<void> neverEnds() {
    for (;;) {
        try {
            co_await sleepFor(1ms);
        } catch (Cancelled const &) {}
    }
}

void pushWhatNeverEnds(IEventQueue &queue) {
    queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [](DependencyManager &) -> Task<void> { return neverEnds(); });
}

} // namespace

TEST_CASE("Quitting: services that are made meanwhile do not take the turn of older ones", "[dependency_management]") {
    stops = 0;
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Oldest>();
    dm.createServiceManager<MakesOthers>();
    queue.runUntilIdle();
    dm.quit();
    CHECK_FALSE(queue.advance(1s));
    CHECK(dm.getServiceCount() == 0);
    CHECK(stops == 2);
}

TEST_CASE("Quitting: a service that becomes ACTIVE although it was asked to go does not take the turn of older ones",
          "[dependency_management]") {
    stops = 0;
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    for (int i = 0; i < 400; ++i) {
        dm.createServiceManager<Oldest>();
    }
    queue.runUntilIdle();
    dm.createServiceManager<StartsAllTheSame>();
    queue.runUntilIdle();
    dm.quit();
    CHECK_FALSE(queue.advance(1s));
    CHECK(dm.getServiceCount() == 0);
    CHECK(stops == 401);
}

TEST_CASE("Quitting: a coroutine of no service that does not end has until the deadline, and the status says so",
          "[dependency_management]") {
    SECTION("in real time") {
        PriorityQueue queue;
        queue.createManager().setStopDeadline(20ms);
        pushWhatNeverEnds(queue);
        queue.pushEvent<QuitEvent>(ServiceId{});
        CHECK(queue.start() == 1);
    }
    SECTION("in virtual time") {
        VirtualTimeQueue queue;
        queue.createManager();
        pushWhatNeverEnds(queue);
        queue.pushEvent<QuitEvent>(ServiceId{});
        CHECK(queue.start() == 1);
    }
    SECTION("in virtual time, step by step") {
        VirtualTimeQueue queue;
        DependencyManager &dm = queue.createManager();
        dm.setStopDeadline(100ms);
        pushWhatNeverEnds(queue);
        queue.advance(10ms);
        dm.quit();
        CHECK(queue.advance(99ms));
        CHECK_FALSE(queue.advance(2ms));
    }
}

TEST_CASE("Quitting: a second signal ends a coroutine of no service at once", "[dependency_management]") {
    PriorityQueue queue;
    queue.createManager().setStopDeadline(24h); // nothing but the signal ends it
    pushWhatNeverEnds(queue);
    queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [](DependencyManager &) -> Task<void> {
        static_cast<void>(std::raise(SIGTERM));
        try {
            co_await sleepFor(1h);
        } catch (Cancelled const &) {
            static_cast<void>(std::raise(SIGINT));
        }
    });
    CHECK(queue.start(CaptureSigInt) == 1);
}

TEST_CASE("Quitting: a service that waits to start, with a coroutine that does not end, is taken down at the deadline",
          "[dependency_management]") {
    struct IMissing {
        virtual ~IMissing() = default;
    };
    class Waits final : public AdvancedService<Waits> {
    public:
        Waits(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
            reg.registerDependency<IMissing>(this, DependencyFlags::REQUIRED);
            spawn(neverEnds());
        }
        void addDependencyInstance(IMissing &, IService &) {}
        void removeDependencyInstance(IMissing &, IService &) {}
    };
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.setStopDeadline(100ms);
    dm.createServiceManager<Waits>();
    queue.advance(10ms);
    SECTION("when it is removed") {
        dm.removeService(dm.getServiceInfo().front().first);
        queue.advance(1s);
        CHECK(dm.getServiceCount() == 0);
    }
    SECTION("when the program ends") {}
    dm.quit();
    CHECK_FALSE(queue.advance(1s));
}
