#include <catch2/catch.hpp>
#include <dependency_management/SameNamesElsewhere.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <vector>

namespace SameNames {

namespace {

using namespace Ichor;

struct Tick final : EventOf<Tick> {
    explicit Tick(int of) : number(of) {}
    int number;
};

struct IClock {
    virtual ~IClock() = default;
    virtual int hour() const = 0;
};

class Clock final : public IClock {
public:
    int hour() const override { return 12; }
};

std::vector<int> numbers;
std::vector<int> hours;

class Listener final {
public:
    Listener(DependencyManager &dm, IService &self) : _handler(dm.registerEventHandler<Tick>(this, self)) {}
    void handleEvent(Tick const &tick) { numbers.push_back(tick.number); }

private:
    EventHandlerRegistration _handler;
};

class LooksAtClock final {
public:
    explicit LooksAtClock(IClock &clock) { hours.push_back(clock.hour()); }
};

} // namespace

} // namespace SameNames

TEST_CASE("Same names: an event in the anonymous namespace of one file is not taken for one of another", "[dependency_management]") {
    using namespace SameNames;
    numbers.clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Listener>();
    addListener(dm);
    queue.runUntilIdle();
    queue.pushEvent<Tick>(ServiceId{}, 7);
    push(queue, 8);
    queue.runUntilIdle();
    CHECK(numbers == std::vector<int>{7});
    CHECK(heard() == std::vector<long>{8});
    dm.quit();
    queue.runUntilIdle();
}

TEST_CASE("Same names: an interface in the anonymous namespace of one file is not taken for one of another", "[dependency_management]") {
    using namespace SameNames;
    hours.clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    IService &reader = dm.createServiceManager<LooksAtClock>();
    addClock(dm);
    queue.runUntilIdle();
    CHECK(reader.getServiceState() == ServiceState::INSTALLED);
    CHECK(dm.getStartedServices<IClock>().empty());
    dm.createServiceManager<Clock, IClock>();
    queue.runUntilIdle();
    CHECK(reader.getServiceState() == ServiceState::ACTIVE);
    CHECK(hours == std::vector<int>{12});
    dm.quit();
    queue.runUntilIdle();
}
