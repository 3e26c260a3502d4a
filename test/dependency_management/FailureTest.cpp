#include <catch2/catch.hpp>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <stdexcept>
#include <string_view>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct IPart {
    virtual ~IPart() = default;
};

struct Poke final : EventOf<Poke> {};

class Part final : public IPart, public AdvancedService<Part> {
public:
    Part(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
};

/// Does what the test says at the place that the test says.
struct Plan {
    std::string_view where;
    void (*what)(DependencyManager &dm, ServiceId self) = nullptr;
};
Plan plan;

class Actor final : public AdvancedService<Actor> {
public:
    Actor(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IPart>(this, DependencyFlags::REQUIRED);
        at("constructor");
    }
    void addDependencyInstance(IPart &, IService &) { at("add"); }
    void removeDependencyInstance(IPart &, IService &) { at("remove"); }
    void handleEvent(Poke const &) { at("handler"); }
    bool preInterceptEvent(Poke const &) {
        at("pre");
        return true;
    }
    void postInterceptEvent(Poke const &, bool) { at("post"); }

private:
    Task<Expected<void, StartError>> start() override {
        _handler = getManager().registerEventHandler<Poke>(this, *this);
        _interceptor = getManager().registerEventInterceptor<Poke>(this, *this);
        spawn(background());
        at("start");
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        at("stop");
        co_return;
    }
    Task<void> background() {
        co_await sleepFor(1ms);
        at("coroutine");
    }
    void at(std::string_view where) {
        if (where == plan.where) {
            plan.what(getManager(), getServiceId());
        }
    }
    EventHandlerRegistration _handler;
    EventInterceptorRegistration _interceptor;
};

/// Depends on the actor's part as well, so that there is a neighbour that has to live on.
class Neighbour final {
public:
    explicit Neighbour(IPart &) { ++alive; }
    ~Neighbour() { --alive; }
    static inline int alive = 0;
};

void act(Plan of, bool expectsNeighbour) {
    INFO(of.where);
    plan = of;
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Part, IPart>();
    dm.createServiceManager<Neighbour>();
    ServiceId actor{};
    if (of.where == "constructor") {
        try {
            actor = dm.createServiceManager<Actor>();
        } catch (...) {}
    } else {
        actor = dm.createServiceManager<Actor>();
    }
    bool isGoingOn = queue.runUntilIdle();
    if (isGoingOn) {
        queue.pushEvent<Poke>(actor);
        isGoingOn = queue.advance(5ms);
    }
    if (isGoingOn) {
        CHECK((Neighbour::alive == 1) == expectsNeighbour);
        dm.stopService(actor);
        queue.runUntilIdle();
        dm.quit();
        queue.runUntilIdle();
    }
    CHECK(dm.getServiceCount() == 0);
    CHECK(Neighbour::alive == 0);
}

constexpr std::string_view PLACES[]{"constructor", "add", "start", "handler", "pre", "post", "coroutine", "stop", "remove"};

void removePart(DependencyManager &dm, ServiceId) {
    for (auto const &[id, service] : dm.getServiceInfo()) {
        if (service->getServiceName() == "Part") {
            dm.removeService(id);
        }
    }
}

} // namespace

TEST_CASE("Failures: an exception thrown anywhere leaves the rest running", "[dependency_management]") {
    for (std::string_view const place : PLACES) {
        act({place, [](DependencyManager &, ServiceId) { throw std::runtime_error("thrown by the test"); }}, true);
        act({place, [](DependencyManager &, ServiceId) { throw 42; }}, true);
    }
}

TEST_CASE("Requests: a service may stop or remove itself from anywhere", "[dependency_management]") {
    for (std::string_view const place : PLACES) {
        act({place, [](DependencyManager &dm, ServiceId self) { dm.stopService(self); }}, true);
        act({place, [](DependencyManager &dm, ServiceId self) { dm.removeService(self); }}, true);
    }
}

TEST_CASE("Requests: a service may remove what it depends on from anywhere", "[dependency_management]") {
    for (std::string_view const place : PLACES) {
        act({place, &removePart}, place == "stop" || place == "remove");
    }
}

TEST_CASE("Requests: a service may end the program from anywhere", "[dependency_management]") {
    for (std::string_view const place : PLACES) {
        act({place, [](DependencyManager &dm, ServiceId) { dm.quit(); }}, true);
    }
}
