// Everything may be done from anywhere: each kind of callback, in both styles of service, does each thing to each neighbour.

#include "FromAnywhereActors.h"

#include <catch2/catch.hpp>

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/http/HttpConnectionService.h>

#include <span>
#include <string>
#include <string_view>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

template <class Actor>
Task<void> callRoute(DependencyManager &dm, std::string path) {
    IHttpHostService *const host = dm.getStartedServices<IHttpHostService>().at(0);
    auto client = dm.createServiceManager<HttpConnectionService, IHttpConnectionService>(
        Properties{{"Address", "127.0.0.1"s}, {"Port", uint16_t{host->port()}}});
    ServiceId const id = client;
    auto started = co_await dm.waitForStarted(id);
    REQUIRE(started.has_value());
    auto task = dm.getService<IHttpConnectionService>(id)->send(HttpMethod::get, path);
    static_cast<void>(co_await task); // whether it is answered depends on what is done meanwhile
    dm.removeService(id);
}

/// Makes every callback of the actor be called.
template <class Actor>
Task<void> provoke(DependencyManager &dm) {
    IEventQueue &queue = dm.getEventQueue();
    queue.pushEvent<Poke>(world.actor);
    queue.pushEvent<AsyncPoke>(world.actor);
    queue.pushEvent<GeneratorPoke>(world.actor);
    queue.pushEvent<BadPoke>(world.actor);
    ServiceId const client = dm.createServiceManager<Client>();
    if (world.plan.where.find("route") != std::string_view::npos) {
        auto plain = callRoute<Actor>(dm, "/plain");
        co_await plain;
        auto coroutine = callRoute<Actor>(dm, "/coroutine");
        co_await coroutine;
    }
    co_await sleepFor(100us);
    dm.removeService(client);
    while (dm.getIService(client) != nullptr) {
        co_await sleepFor(50us);
    }
    if (!world.isDone) { // then it is about going down, or up again
        ask(dm, Deed::RESTART, By::CALL, world.actor);
    }
    while (!world.isDone) {
        co_await sleepFor(50us);
    }
}

bool isActive(DependencyManager &dm, ServiceId id) {
    IService const *const service = dm.getIService(id);
    return service != nullptr && service->getServiceState() == ServiceState::ACTIVE;
}

/// Whether the target is as it was asked to be, and the others are as they follow from that.
bool isSettled(DependencyManager &dm) {
    Plan const &plan = world.plan;
    bool const isBack = plan.deed == Deed::RESTART;
    ServiceId const target = idOf(plan.target);
    IService const *const service = dm.getIService(target);
    if (plan.deed == Deed::STOP && (service == nullptr || service->getServiceState() != ServiceState::INSTALLED)) {
        return false;
    }
    if (plan.deed == Deed::REMOVE && service != nullptr) {
        return false;
    }
    bool const hasPart = isBack || plan.target != Target::DEPENDENCY;
    bool const hasActor = hasPart && (isBack || plan.target != Target::SELF);
    bool const hasDependent = hasActor && (isBack || plan.target != Target::DEPENDENT);
    return isActive(dm, world.part) == hasPart && isActive(dm, world.actor) == hasActor && isActive(dm, world.dependent) == hasDependent &&
           isActive(dm, world.neighbour) == hasActor;
}

template <class Actor>
Task<void> direct(DependencyManager &dm) {
    for (bool isGoing = true; isGoing;) {
        isGoing = !world.isDone && !isActive(dm, world.neighbour);
        co_await sleepFor(10us);
    }
    if (!world.isDone) {
        auto task = provoke<Actor>(dm);
        co_await task;
    }
    while (!isSettled(dm)) {
        co_await sleepFor(50us);
    }
    dm.quit();
}

template <class Actor>
void act(Plan const &plan) {
    CAPTURE(plan.where, static_cast<int>(plan.deed), static_cast<int>(plan.target), static_cast<int>(plan.by));
    world = World{};
    world.plan = plan;
    {
        PriorityQueue queue;
        DependencyManager &dm = queue.createManager();
        dm.createServiceManager<HttpHostService, IHttpHostService>(Properties{{"Address", "127.0.0.1"s}, {"Port", uint16_t{0}}});
        dm.createServiceManager<TimerFactory, ITimerFactory>();
        world.dependent = dm.createServiceManager<Dependent>();
        world.neighbour = dm.createServiceManager<Neighbour>();
        world.actor = dm.createServiceManager<Actor, IActor>();
        world.part = dm.createServiceManager<Part, IPart>();
        queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [](DependencyManager &manager) { return direct<Actor>(manager); });
        CHECK(queue.start() == 0);
        CHECK(dm.getServiceCount() == 0);
    }
    CHECK(world.isDone);
    CHECK(world.parts == 0);
    CHECK(world.actors == 0);
    CHECK(world.users == 0);
    CHECK(world.coroutines == 0);
}

template <class Actor>
void actEverywhere(std::span<std::string_view const> places) {
    for (std::string_view const where : places) {
        for (By const by : {By::CALL, By::EVENT}) {
            for (Target const target : {Target::SELF, Target::DEPENDENCY, Target::DEPENDENT}) {
                for (Deed const deed : {Deed::STOP, Deed::REMOVE, Deed::RESTART}) {
                    act<Actor>({where, deed, target, by});
                }
            }
            act<Actor>({where, Deed::QUIT, Target::SELF, by});
        }
    }
}

constexpr std::string_view OF_BOTH[]{"handler",
                                     "coroutine handler",
                                     "coroutine handler, after a wait",
                                     "generator handler",
                                     "interceptor, before",
                                     "interceptor, after",
                                     "completion callback",
                                     "error callback",
                                     "timer",
                                     "coroutine timer",
                                     "coroutine timer, after a wait",
                                     "route",
                                     "coroutine route",
                                     "coroutine route, after a wait",
                                     "tracker, request",
                                     "tracker, undo",
                                     "spawned coroutine",
                                     "spawned coroutine, after a wait",
                                     "pushed function",
                                     "pushed coroutine",
                                     "pushed coroutine, after a wait"};

constexpr std::string_view OF_ADVANCED[]{"addDependencyInstance", "removeDependencyInstance", "start", "start, after a wait", "stop",
                                         "stop, after a wait"};

constexpr std::string_view OF_PLAIN[]{"constructor", "destructor"};

} // namespace

TEST_CASE("From anywhere: an advanced service does anything to anyone in each of its callbacks", "[dependency_management]") {
    actEverywhere<AdvancedActor>(OF_BOTH);
}

TEST_CASE("From anywhere: an advanced service does anything to anyone while it comes and goes", "[dependency_management]") {
    actEverywhere<AdvancedActor>(OF_ADVANCED);
}

TEST_CASE("From anywhere: a plain class does anything to anyone in each of its callbacks", "[dependency_management]") {
    actEverywhere<PlainActor>(OF_BOTH);
}

TEST_CASE("From anywhere: a plain class does anything to anyone while it comes and goes", "[dependency_management]") {
    actEverywhere<PlainActor>(OF_PLAIN);
}
