#pragma once

#include "FromAnywhereWorld.h"

#include <ichor/services/http/HttpHostService.h>
#include <ichor/services/timer/TimerFactory.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace Ichor::Testing {

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

    void handleEvent(Poke const &) {
        at("handler");
        if (world.plan.where.starts_with("pushed")) {
            IEventQueue &queue = _self.getManager().getEventQueue();
            queue.pushEvent<RunFunctionEvent>(_self.getServiceId(), [this] { at("pushed function"); });
            queue.pushEvent<RunFunctionEventAsync>(_self.getServiceId(), [this] { return later("pushed coroutine"); });
        }
    }
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
        CHECK(_running.has_value());
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

} // namespace Ichor::Testing
