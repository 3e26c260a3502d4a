// Everything may be done from anywhere: each kind of callback, in both styles of service, does each thing to each neighbour.

#include <catch2/catch.hpp>

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/http/HttpConnectionService.h>
#include <ichor/services/http/HttpHostService.h>
#include <ichor/services/timer/TimerFactory.h>

#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace Ichor;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

struct IPart {
    virtual ~IPart() = default;
    virtual void use() = 0;
};
struct IActor {
    virtual ~IActor() = default;
    virtual void use() = 0;
};
struct IOrdered {
    virtual ~IOrdered() = default;
};

struct Poke final : EventOf<Poke> {};
struct AsyncPoke final : EventOf<AsyncPoke> {};
struct GeneratorPoke final : EventOf<GeneratorPoke> {};
struct BadPoke final : EventOf<BadPoke> {};

/// Whom something is done to.
enum class Target { SELF, DEPENDENCY, DEPENDENT };
enum class Deed { STOP, REMOVE, RESTART, QUIT };
enum class By { CALL, EVENT };

/// The one thing that one run is about.
struct Plan {
    std::string_view where;
    Deed deed = Deed::STOP;
    Target target = Target::SELF;
    By by = By::CALL;
};

/// What one run has come to.
struct World {
    Plan plan;
    ServiceId part;
    ServiceId actor;
    ServiceId dependent;
    ServiceId neighbour;
    bool isDone = false; // the deed
    int parts = 0;       // that run
    int actors = 0;
    int users = 0;      // of the actor
    int coroutines = 0; // of the actor
};
World world;

struct Running {
    explicit Running(int &of) : count(of) { ++count; }
    Running(Running const &) = delete;
    Running &operator=(Running const &) = delete;
    ~Running() { --count; }
    int &count;
};

void ask(DependencyManager &dm, Deed deed, By by, ServiceId target) {
    IEventQueue &queue = dm.getEventQueue();
    switch (deed) {
    case Deed::QUIT: return by == By::CALL ? dm.quit() : static_cast<void>(queue.pushEvent<QuitEvent>(ServiceId{}));
    case Deed::RESTART:
        if (by == By::CALL) {
            dm.stopService(target);
            dm.startService(target);
        } else {
            queue.pushEvent<StopServiceEvent>(ServiceId{}, target);
            queue.pushEvent<StartServiceEvent>(ServiceId{}, target);
        }
        return;
    case Deed::STOP:
        return by == By::CALL ? static_cast<void>(dm.stopService(target))
                              : static_cast<void>(queue.pushEvent<StopServiceEvent>(ServiceId{}, target));
    case Deed::REMOVE:
        return by == By::CALL ? static_cast<void>(dm.removeService(target))
                              : static_cast<void>(queue.pushEvent<RemoveServiceEvent>(ServiceId{}, target));
    }
}

ServiceId idOf(Target target) {
    switch (target) {
    case Target::SELF: return world.actor;
    case Target::DEPENDENCY: return world.part;
    case Target::DEPENDENT: return world.dependent;
    }
    return {};
}

class Part final : public IPart, public AdvancedService<Part> {
public:
    Part(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
    void use() override { CHECK(_running.has_value()); }

private:
    Task<Expected<void, StartError>> start() override {
        _running.emplace(world.parts);
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        CHECK(world.actors == 0);
        _running.reset();
        co_return;
    }
    std::optional<Running> _running;
};

/// Uses the actor until the last moment.
class Dependent final : public AdvancedService<Dependent> {
public:
    Dependent(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IActor>(this, DependencyFlags::REQUIRED);
    }
    void addDependencyInstance(IActor &actor, IService &) { _actor = &actor; }
    void removeDependencyInstance(IActor &actor, IService &) { actor.use(); }

private:
    Task<Expected<void, StartError>> start() override {
        _running.emplace(world.users);
        _actor->use();
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        _actor->use();
        co_await sleepFor(10us);
        _actor->use();
        _running.reset();
    }
    IActor *_actor = nullptr;
    std::optional<Running> _running;
};

class Neighbour final {
public:
    explicit Neighbour(IActor &actor) : _actor(actor) { actor.use(); }
    ~Neighbour() { _actor.use(); }

private:
    IActor &_actor;
    Running _running{world.users};
};

class Ordered final : public IOrdered {};

/// Orders something of the actor, which tracks who does.
class Client final {
public:
    explicit Client(IOrdered &) {}
};

/// All callbacks that an actor may have, the same for both styles.
class Callbacks final {
public:
    Callbacks(IService &self, IPart &part) : _self(self), _part(part) {}

    /// Does what the plan says, if this is the place, once.
    void at(std::string_view where) {
        _part.use();
        if (where == world.plan.where && !world.isDone) {
            world.isDone = true;
            ask(_self.getManager(), world.plan.deed, world.plan.by, idOf(world.plan.target));
        }
    }
    Task<void> later(std::string_view where) {
        Running const running{world.coroutines};
        at(where);
        co_await sleepFor(10us);
        at(std::string(where) + ", after a wait");
    }
    AsyncGenerator<int> values(std::string_view where) {
        Running const running{world.coroutines};
        co_yield 1;
        at(where);
        co_yield 2;
    }

    void handleEvent(Poke const &) { at("handler"); }
    Task<void> handleEvent(AsyncPoke const &) { return later("coroutine handler"); }
    AsyncGenerator<int> handleEvent(GeneratorPoke const &) { return values("generator handler"); }
    void handleEvent(BadPoke const &) { throw std::runtime_error("thrown by the test"); }
    bool preInterceptEvent(Poke const &) {
        at("interceptor, before");
        return true;
    }
    void postInterceptEvent(Poke const &, bool) { at("interceptor, after"); }
    void handleCompletion(Poke const &) { at("completion callback"); }
    void handleError(Poke const &, EventError const &) {}
    void handleCompletion(BadPoke const &) {}
    void handleError(BadPoke const &, EventError const &) { at("error callback"); }
    void handleDependencyRequest(DependencyRequest<IOrdered> const &request) {
        _self.getManager().createServiceManager<Ordered, IOrdered>({}, OnlyFor{request.requester});
        at("tracker, request");
    }
    void handleDependencyUndoRequest(DependencyUndoRequest<IOrdered> const &) { at("tracker, undo"); }

    /// Those that are no callbacks of timers and routes.
    void begin() {
        DependencyManager &dm = _self.getManager();
        _handlers[0] = dm.registerEventHandler<Poke>(this, _self);
        _handlers[1] = dm.registerEventHandler<AsyncPoke>(this, _self);
        _handlers[2] = dm.registerEventHandler<GeneratorPoke>(this, _self);
        _handlers[3] = dm.registerEventHandler<BadPoke>(this, _self);
        _interceptor = dm.registerEventInterceptor<Poke>(this, _self);
        _completions[0] = dm.registerEventCompletionCallbacks<Poke>(this, _self);
        _completions[1] = dm.registerEventCompletionCallbacks<BadPoke>(this, _self);
        _tracker = dm.registerDependencyTracker<IOrdered>(this, _self);
        _self.spawn(later("spawned coroutine"));
    }
    void begin(ITimerFactory &timers) {
        for (Timer &timer : _timers) {
            timer = timers.createTimer();
            timer.setInterval(50us);
        }
        _timers[0].setCallback([this] { at("timer"); });
        _timers[1].setCallback([this] { return later("coroutine timer"); });
        _timers[0].start(Fire::AT_ONCE);
        _timers[1].start();
    }
    void begin(IHttpHostService &host) {
        _routes[0] = host.addRoute(HttpMethod::get, "/plain", [this](HttpRequest &) {
            at("route");
            return HttpResponse::text("plain");
        });
        _routes[1] = host.addRoute(HttpMethod::get, "/coroutine", [this](HttpRequest &) -> Task<HttpResponse> {
            co_await later("coroutine route");
            co_return HttpResponse::text("coroutine");
        });
    }

private:
    IService &_self;
    IPart &_part;
    EventHandlerRegistration _handlers[4];
    EventInterceptorRegistration _interceptor;
    EventCompletionHandlerRegistration _completions[2];
    DependencyTrackerRegistration _tracker;
    Timer _timers[2];
    HttpRouteRegistration _routes[2];
};

class AdvancedActor final : public IActor, public AdvancedService<AdvancedActor> {
public:
    AdvancedActor(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IPart>(this, DependencyFlags::REQUIRED);
        reg.registerDependency<ITimerFactory>(this, DependencyFlags::REQUIRED);
        reg.registerDependency<IHttpHostService>(this, DependencyFlags::REQUIRED);
    }
    void use() override { CHECK(_running.has_value()); }

    void addDependencyInstance(IPart &part, IService &) {
        _callbacks.emplace(*this, part);
        _callbacks->at("addDependencyInstance");
    }
    void removeDependencyInstance(IPart &, IService &) {
        _callbacks->at("removeDependencyInstance");
        _callbacks.reset();
    }
    void addDependencyInstance(ITimerFactory &timers, IService &) { _timers = &timers; }
    void removeDependencyInstance(ITimerFactory &, IService &) {}
    void addDependencyInstance(IHttpHostService &host, IService &) { _host = &host; }
    void removeDependencyInstance(IHttpHostService &, IService &) {}

private:
    Task<Expected<void, StartError>> start() override {
        _callbacks->begin();
        _callbacks->begin(*_timers);
        _callbacks->begin(*_host);
        _callbacks->at("start");
        co_await sleepFor(10us);
        _callbacks->at("start, after a wait");
        _running.emplace(world.actors);
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        CHECK(world.users == 0);
        CHECK(world.coroutines == 0);
        _callbacks->at("stop");
        co_await sleepFor(10us);
        _callbacks->at("stop, after a wait");
        _running.reset();
    }

    std::optional<Callbacks> _callbacks;
    ITimerFactory *_timers = nullptr;
    IHttpHostService *_host = nullptr;
    std::optional<Running> _running;
};

class PlainActor final : public IActor {
public:
    PlainActor(IPart &part, ITimerFactory &timers, IHttpHostService &host, IService &self) : _callbacks(self, part) {
        _callbacks.begin();
        _callbacks.begin(timers);
        _callbacks.begin(host);
        _callbacks.at("constructor");
    }
    ~PlainActor() {
        CHECK(world.users == 0);
        CHECK(world.coroutines == 0);
        _callbacks.at("destructor");
    }
    void use() override { CHECK(world.actors == 1); }

private:
    Running _running{world.actors};
    Callbacks _callbacks;
};

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
                                     "spawned coroutine, after a wait"};

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
