#include <catch2/catch.hpp>
#include <chrono>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <string>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

/// Its start() and stop() sleep for as long as its properties say, and fail when they say so.
class Sleeper final : public AdvancedService<Sleeper> {
public:
    Sleeper(DependencyRegister &, Properties properties) : AdvancedService(std::move(properties)) {}

    Duration startsFor{};
    Duration stopsFor{};
    bool isFailing = false;
    static inline std::vector<std::string> steps;

private:
    void note(char const *step) const { steps.push_back(getProperties().getOr<std::string>("Name", "") + " " + step); }

    Task<Expected<void, StartError>> start() override {
        note("starts");
        if (startsFor > Duration::zero()) co_await sleepFor(startsFor);
        note("started");
        if (isFailing) co_return fail("no");
        co_return {};
    }

    Task<void> stop() override {
        note("stops");
        if (stopsFor > Duration::zero()) co_await sleepFor(stopsFor);
        note("stopped");
    }
};

struct World {
    VirtualTimeQueue queue;
    DependencyManager &manager = queue.createManager();

    World() { Sleeper::steps.clear(); }

    Sleeper &make(char const *name, Duration startsFor, Duration stopsFor) {
        auto &sleeper = static_cast<Sleeper &>(*manager.createServiceManager<Sleeper>(Properties{{"Name", name}}));
        sleeper.startsFor = startsFor;
        sleeper.stopsFor = stopsFor;
        return sleeper;
    }
    void finish() {
        queue.quit();
        CHECK_FALSE(queue.advance(1s));
    }
};

} // namespace

TEST_CASE("LifecycleRoots: starts and stops that sleep and others that do not take place side by side", "[dependency_management]") {
    World world;
    Sleeper &slow = world.make("slow", 20ms, 20ms);
    Sleeper &quick = world.make("quick", 0ms, 0ms);
    Sleeper &medium = world.make("medium", 10ms, 10ms);
    world.queue.advance(5ms);
    CHECK(slow.getServiceState() == ServiceState::STARTING);
    CHECK(quick.getServiceState() == ServiceState::ACTIVE);
    CHECK(medium.getServiceState() == ServiceState::STARTING);
    world.queue.advance(50ms);
    CHECK(Sleeper::steps ==
          std::vector<std::string>{"slow starts", "quick starts", "quick started", "medium starts", "medium started", "slow started"});

    Sleeper::steps.clear();
    for (Sleeper *sleeper : {&slow, &quick, &medium}) world.manager.stopService(sleeper->getServiceId());
    world.queue.advance(50ms);
    CHECK(Sleeper::steps ==
          std::vector<std::string>{"slow stops", "quick stops", "quick stopped", "medium stops", "medium stopped", "slow stopped"});
    world.finish();
}

TEST_CASE("LifecycleRoots: what one start leaves behind is nothing to the next one", "[dependency_management]") {
    World world;
    Sleeper &sleeper = world.make("it", 0ms, 0ms);
    ServiceId const id = sleeper.getServiceId();
    // Each pair of what happens in a row: it sleeps or not, it fails or not, it is cancelled asleep.
    for (int round = 0; round < 64; ++round) {
        bool const isAsleep = round % 2 != 0;
        bool const isCancelled = round % 3 == 0;
        sleeper.startsFor = isAsleep ? 10ms : 0ms;
        sleeper.stopsFor = round % 5 == 0 ? 10ms : 0ms;
        sleeper.isFailing = round % 7 < 3;
        world.manager.startService(id);
        world.queue.advance(5ms);
        if (isAsleep && isCancelled) {
            CHECK(sleeper.getServiceState() == ServiceState::STARTING);
            world.manager.stopService(id);
        }
        world.queue.advance(50ms);
        bool const isActive = !sleeper.isFailing && !(isAsleep && isCancelled);
        CHECK(sleeper.getServiceState() == (isActive ? ServiceState::ACTIVE : ServiceState::INSTALLED));
        world.manager.stopService(id);
        world.queue.advance(50ms);
        CHECK(sleeper.getServiceState() == ServiceState::INSTALLED);
    }
    world.finish();
}
