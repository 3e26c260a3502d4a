#include <algorithm>
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <ichor/logging/IFrameworkLogger.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct IPart {
    virtual ~IPart() = default;
};
struct IActor {
    virtual ~IActor() = default;
};
struct IWanted {
    virtual ~IWanted() = default;
};

struct Poke final : EventOf<Poke> {};
struct AsyncPoke final : EventOf<AsyncPoke> {};
struct Bad final : EventOf<Bad> {}; // whose handler always throws

std::vector<std::string> lines; // of the log

class Log final : public IFrameworkLogger {
private:
    void write(LogLevel level, std::source_location const &, fmt::string_view format, fmt::format_args arguments) override {
        lines.push_back(fmt::format("{}: {}", toString(level), fmt::vformat(format, arguments)));
    }
};

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
int visits = 0; // of that place

class Actor final : public IActor, public AdvancedService<Actor> {
public:
    Actor(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IPart>(this, DependencyFlags::REQUIRED);
        at("constructor");
    }
    void addDependencyInstance(IPart &, IService &) { at("add"); }
    void removeDependencyInstance(IPart &, IService &) { at("remove"); }
    void handleEvent(Poke const &) { at("handler"); }
    Task<void> handleEvent(AsyncPoke const &) {
        co_await yieldNow();
        at("coroutine handler");
    }
    void handleEvent(Bad const &) {
        if (plan.where == "error") {
            throw std::runtime_error("bad");
        }
    }
    bool preInterceptEvent(Poke const &) {
        at("pre");
        return true;
    }
    void postInterceptEvent(Poke const &, bool) { at("post"); }
    void handleCompletion(Bad const &) { at("completion"); }
    void handleError(Bad const &, EventError const &) { at("error"); }
    void handleDependencyRequest(DependencyRequest<IWanted> const &) { at("tracker"); }
    void handleDependencyUndoRequest(DependencyUndoRequest<IWanted> const &) { at("undo"); }

private:
    Task<Expected<void, StartError>> start() override {
        _handler = getManager().registerEventHandler<Poke>(this);
        _asyncHandler = getManager().registerEventHandler<AsyncPoke>(this);
        _badHandler = getManager().registerEventHandler<Bad>(this);
        _interceptor = getManager().registerEventInterceptor<Poke>(this);
        _callbacks = getManager().registerEventCompletionCallbacks<Bad>(this);
        _tracker = getManager().registerDependencyTracker<IWanted>(this);
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
            ++visits;
            plan.what(getManager(), getServiceId());
        }
    }
    EventHandlerRegistration _handler;
    EventHandlerRegistration _asyncHandler;
    EventHandlerRegistration _badHandler;
    EventInterceptorRegistration _interceptor;
    EventCompletionHandlerRegistration _callbacks;
    DependencyTrackerRegistration _tracker;
};

/// Depends on the actor's part as well, so that there is a neighbour that has to live on.
class Neighbour final {
public:
    explicit Neighbour(IPart &) { ++alive; }
    ~Neighbour() { --alive; }
    static inline int alive = 0;
};

class NeedsActor final {
public:
    explicit NeedsActor(IActor &) {}
};

/// Asks for what the actor tracks.
class Wanter final : public AdvancedService<Wanter> {
public:
    Wanter(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IWanted>(this, DependencyFlags::NONE);
    }
    void addDependencyInstance(IWanted &, IService &) {}
    void removeDependencyInstance(IWanted &, IService &) {}
};

/// Pushes what the actor handles, and hears how that went.
class Pusher final : public AdvancedService<Pusher> {
public:
    Pusher(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {
        errors.clear();
        completions = 0;
    }
    void handleCompletion(Poke const &) { ++completions; }
    void handleCompletion(AsyncPoke const &) { ++completions; }
    void handleError(Poke const &, EventError const &error) { errors.push_back(error); }
    void handleError(AsyncPoke const &, EventError const &error) { errors.push_back(error); }
    static inline std::vector<EventError> errors;
    static inline int completions = 0;

private:
    Task<Expected<void, StartError>> start() override {
        _ofPoke = getManager().registerEventCompletionCallbacks<Poke>(this);
        _ofAsyncPoke = getManager().registerEventCompletionCallbacks<AsyncPoke>(this);
        co_return Expected<void, StartError>{};
    }
    EventCompletionHandlerRegistration _ofPoke;
    EventCompletionHandlerRegistration _ofAsyncPoke;
};

ServiceId createActor(DependencyManager &dm, Plan const &of) {
    if (of.where != "constructor") {
        return dm.createServiceManager<Actor, IActor>();
    }
    try {
        return dm.createServiceManager<Actor, IActor>();
    } catch (...) {
        return ServiceId{};
    }
}

/// Lets all the places be visited but those of the end; false when the program has ended by that.
bool visit(VirtualTimeQueue &queue, DependencyManager &dm, ServiceId actor, ServiceId pusher, ServiceId wanter) {
    if (!queue.runUntilIdle()) {
        return false;
    }
    queue.pushEvent<Poke>(pusher);
    queue.pushEvent<AsyncPoke>(pusher);
    queue.pushEvent<Bad>(actor);
    dm.removeService(wanter);
    return queue.advance(5ms);
}

/// `check` runs while the actor is in the state in which the plan has left it, if the program still runs then.
template <typename Check>
void act(Plan of, bool expectsNeighbour, Check check) {
    INFO(of.where);
    plan = of;
    visits = 0;
    lines.clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Log, IFrameworkLogger>();
    dm.createServiceManager<Part, IPart>();
    dm.createServiceManager<Neighbour>();
    ServiceId const dependent = dm.createServiceManager<NeedsActor>();
    ServiceId const pusher = dm.createServiceManager<Pusher>();
    ServiceId const actor = createActor(dm, of);
    ServiceId const wanter = dm.createServiceManager<Wanter>();
    if (visit(queue, dm, actor, pusher, wanter)) {
        CHECK((Neighbour::alive == 1) == expectsNeighbour);
        check(dm, actor, dependent);
        dm.stopService(actor);
        queue.runUntilIdle();
        dm.quit();
        queue.runUntilIdle();
    }
    CHECK(visits >= 1);
    CHECK(dm.getServiceCount() == 0);
    CHECK(Neighbour::alive == 0);
}

void act(Plan of, bool expectsNeighbour) {
    act(of, expectsNeighbour, [](auto &&...) {});
}

constexpr std::string_view PLACES[]{"constructor", "add",    "start",   "handler", "coroutine handler", "pre",  "post", "coroutine",
                                    "stop",        "remove", "tracker", "undo",    "completion",        "error"};

bool isOneOf(std::string_view place, std::initializer_list<std::string_view> places) {
    return std::find(places.begin(), places.end(), place) != places.end();
}

void removePart(DependencyManager &dm, ServiceId) {
    for (auto const &[id, service] : dm.getServiceInfo()) {
        if (service->getServiceName() == "Part") {
            dm.removeService(id);
        }
    }
}

/// As the log names what was running: how the one line begins that is expected of an exception thrown at `place`.
std::string lineFor(std::string_view place, ServiceId actor) {
    std::string const name = fmt::format("error: Actor #{}", actor.value);
    if (place == "add") return name + ": addDependencyInstance threw: ";
    if (place == "start") return name + " failed to start: ";
    if (place == "coroutine") return name + ": a spawned coroutine threw: ";
    if (place == "stop") return name + ": stop threw: ";
    if (place == "remove") return name + ": removeDependencyInstance threw: ";
    if (place == "tracker") return name + ": handleDependencyRequest threw: ";
    if (place == "undo") return name + ": handleDependencyUndoRequest threw: ";
    if (place == "completion") return name + ": handleCompletion threw: ";
    if (place == "error") return name + ": handleError threw: ";
    if (place == "coroutine handler") return fmt::format("{}: handling {} threw: ", name, AsyncPoke::NAME);
    return fmt::format("{}: handling {} threw: ", name, Poke::NAME);
}

/// The one who failed, and who waits for it, can say why.
void checkExplained(DependencyManager &dm, ServiceId actor, ServiceId dependent, std::string const &why) {
    Explanation const explanation = dm.explain(actor);
    REQUIRE(explanation.services.size() == 1);
    CHECK(explanation.services[0].reason == Explanation::Reason::FAILED);
    CHECK(explanation.services[0].error == why);
    std::string const head = fmt::format("Actor #{}", actor.value);
    CHECK_THAT(explanation.toString(), Catch::Contains(head + " is INSTALLED. It failed to start: " + why));
    CHECK_THAT(dm.explain(dependent).toString(), Catch::Contains(head + " failed to start: " + why));
    CHECK_THAT(dm.explain().toString(), Catch::Contains(head + " is INSTALLED. It failed to start: " + why));
}

/// The pusher hears of what was thrown while its event was handled, and of nothing else.
void checkToldToPusher(std::string_view place, ServiceId actor, std::string const &message) {
    bool const isWhileHandling = isOneOf(place, {"handler", "coroutine handler", "pre", "post"});
    CHECK(Pusher::completions == (isWhileHandling ? 1 : 2)); // of two events
    REQUIRE(Pusher::errors.size() == (isWhileHandling ? 1 : 0));
    if (isWhileHandling) {
        EventError const &error = Pusher::errors[0];
        CHECK(error.message == message);
        CHECK(error.exception != nullptr);
        CHECK(error.handler == actor);
        CHECK(error.handlerName == "Actor");
    }
}

/// What has to be known of an exception with that text, thrown at that place.
void checkKnown(DependencyManager &dm, std::string_view place, ServiceId actor, ServiceId dependent, std::string const &message) {
    if (place == "constructor") { // whoever registered it was told
        CHECK_FALSE(actor.isValid());
        CHECK(lines.empty());
        return;
    }
    bool const failsToStart = isOneOf(place, {"add", "start"});
    IService *service = dm.getIService(actor);
    REQUIRE(service != nullptr);
    CHECK(service->getServiceState() == (failsToStart ? ServiceState::INSTALLED : ServiceState::ACTIVE));
    if (failsToStart) {
        checkExplained(dm, actor, dependent, place == "add" ? "injection of IPart by Part: " + message : message);
    } else {
        CHECK(dm.explain(actor).services.at(0).reason == Explanation::Reason::NONE);
        checkToldToPusher(place, actor, message);
    }
}

void checkLogged(std::string_view place, ServiceId actor, std::string const &message) {
    if (place == "error") { // what it was to hear
        std::erase_if(lines, [](std::string const &line) { return line.ends_with(fmt::format("handling {} threw: bad", Bad::NAME)); });
    }
    std::vector<std::string> const expected(place == "constructor" ? 0 : 1, lineFor(place, actor) + message);
    CHECK(lines == expected);
}

void expectKnown(Plan of, std::string const &message) {
    ServiceId thrower;
    act(of, true, [&](DependencyManager &dm, ServiceId actor, ServiceId dependent) {
        thrower = actor;
        checkKnown(dm, of.where, actor, dependent, message);
    });
    INFO(of.where);
    checkLogged(of.where, thrower, message);
}

} // namespace

TEST_CASE("Failures: an exception thrown anywhere leaves the rest running, is logged with the service's name, and told to who pushed",
          "[dependency_management]") {
    for (std::string_view const place : PLACES) {
        expectKnown({place, [](DependencyManager &, ServiceId) { throw std::runtime_error("thrown by the test"); }}, "thrown by the test");
        expectKnown({place, [](DependencyManager &, ServiceId) { throw 42; }}, "an exception that is no std::exception");
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
        act({place, &removePart}, isOneOf(place, {"stop", "remove"}));
    }
}

TEST_CASE("Requests: a service may end the program from anywhere", "[dependency_management]") {
    for (std::string_view const place : PLACES) {
        act({place, [](DependencyManager &dm, ServiceId) { dm.quit(); }}, true);
    }
}
