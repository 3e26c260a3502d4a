// What a user may get wrong, each with the sentence that the compiler has to say about it. This file does not compile.

#include <ichor/Ichor.h>
#include <ichor/dependency_management/CommunicationChannel.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/RealtimeQueue.h>
#include <ichor/services/timer/TimerFactory.h>

#include <cstdint>
#include <memory>
#include <string>

using namespace Ichor;

namespace {

struct IStore {
    virtual ~IStore() = default;
    virtual void keep() = 0;
};
struct ICache {
    virtual ~ICache() = default;
};
struct Placed final : EventOf<Placed> {};
struct NoEvent {};

class AbstractStore : public IStore {};
class NoStore final {};
class CachedStore final : public ICache, public IStore {
public:
    void keep() override {}
};
class Confusing final {
public:
    template <class A, class B>
    Confusing(A, B, int) {}
};
class WrongBase final : public AdvancedService<NoStore> {};
class NoConstructor final : public AdvancedService<NoConstructor> {
public:
    NoConstructor() : AdvancedService(Properties{}) {}
};
class Forgets final : public AdvancedService<Forgets> {
public:
    Forgets(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<ICache>(this, DependencyFlags::REQUIRED);
    }
};
class Keeps final : public AdvancedService<Keeps> {
public:
    Keeps(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<ICache>(this, DependencyFlags::REQUIRED);
    }
    void addDependencyInstance(ICache &, IService &) {}
};
struct Foreign {
    bool await_ready() { return true; }
    void await_suspend(std::coroutine_handle<>) {}
    void await_resume() {}
};
struct Bystander {
    int handleEvent(Placed const &) { return 1; }
};
struct Everywhere {
    void handleEvent(Event const &) {}
    void handleCompletion(Event const &) {}
    void handleError(Event const &, EventError const &) {}
};
struct Mistyped {
    void handleEvent(Placed &) {}
};

template <int>
struct NoEventEither {};
struct Bare final : Event {};
class Hidden final : EventOf<Hidden> {};
struct Copied final : EventOf<Placed> {};
struct Virtual : EventOf<Virtual> {
    virtual ~Virtual() = default;
};
struct Numbered final : EventOf<Numbered> {
    explicit Numbered(int) {}
};
struct Member final : EventOf<Member> {
    int number;
};

struct Settings {
    int size;
};
class Shares final {
public:
    explicit Shares(std::shared_ptr<IStore>) {}
};
class Owns final {
public:
    explicit Owns(std::unique_ptr<IStore>) {}
};
class Refers final {
public:
    Refers(ICache &, std::shared_ptr<IStore> const &) {}
};
class Reads final {
public:
    explicit Reads(std::string const &) {}
};
class Copies final {
public:
    Copies(ICache &, Settings) {}
};
class OnOneQueue final {
public:
    explicit OnOneQueue(PriorityQueue &) {}
};
class Baseless final {
public:
    Baseless(DependencyRegister &, Properties) {}
};
class Lists final {
public:
    using Dependencies = ConstructorDependencies<ICache &, int>;
    Lists(ICache &, int) {}
};
class AsksForConst final : public AdvancedService<AsksForConst> {
public:
    AsksForConst(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<ICache const>(this, DependencyFlags::REQUIRED);
    }
    void addDependencyInstance(ICache const &, IService &) {}
    void removeDependencyInstance(ICache const &, IService &) {}
};

} // namespace

void services(DependencyManager &dm) {
    // says: the first type of createServiceManager is the class that implements the service; it must not be abstract
    dm.createServiceManager<AbstractStore, IStore>();
    // says: Impl must derive, publicly, from each interface that it is to provide
    dm.createServiceManager<NoStore, IStore>();
    // says: createServiceManager<Impl, Interfaces...> names an interface twice, which would inject the service twice
    dm.createServiceManager<CachedStore, ICache, IStore, ICache>();
    // says: a service with a life of its own derives from AdvancedService<itself>
    dm.createServiceManager<WrongBase>();
    // says: a service that derives from AdvancedService needs a public constructor (DependencyRegister &, Properties)
    dm.createServiceManager<NoConstructor>();
    // says: needs a member void addDependencyInstance(I &, IService &)
    dm.createServiceManager<Forgets>();
    // says: needs a member void removeDependencyInstance(I &, IService &)
    dm.createServiceManager<Keeps>();
    // says: using Dependencies = ConstructorDependencies<
    dm.createServiceManager<Confusing>();
    // says: an interface is named by its class alone, IFoo: without const, & or *
    dm.createServiceManager<AsksForConst>();
}

void constructors(DependencyManager &dm) {
    // says: a constructor's parameter of a type of the standard library is no interface: write IFoo & instead of std::shared_ptr<IFoo>
    dm.createServiceManager<Shares>();
    // says: a constructor's parameter of a type of the standard library is no interface: write IFoo & instead of std::shared_ptr<IFoo>
    dm.createServiceManager<Refers>();
    // says: a constructor's parameter of a type of the standard library is no interface: write IFoo & instead of std::shared_ptr<IFoo>
    dm.createServiceManager<Reads>();
    // says: this service needs a public constructor whose parameters are references or pointers to interfaces
    dm.createServiceManager<Owns>();
    // says: a constructor takes what it depends on as IFoo & or IFoo *, not by value
    dm.createServiceManager<Copies>();
    // says: a constructor takes the queue as IEventQueue &, of whatever kind it is
    dm.createServiceManager<OnOneQueue>();
    // says: a service whose constructor takes a DependencyRegister & derives from AdvancedService<itself>
    dm.createServiceManager<Baseless>();
    // says: the list of Dependencies is of references and pointers to interfaces
    dm.createServiceManager<Lists>();
}

void registrations(DependencyManager &dm, IService &self) {
    Bystander it;
    NoStore nothing;
    // says: an event handler is registered for an event type, struct X : EventOf<X>; an interceptor sees all
    static_cast<void>(dm.registerEventHandler<NoEvent>(&it, self));
    Everywhere everywhere;
    // says: an event handler is registered for an event type, struct X : EventOf<X>; an interceptor sees all
    static_cast<void>(dm.registerEventHandler<Event>(&everywhere, self));
    // says: completion callbacks are registered for an event type, struct X : EventOf<X>; an interceptor sees all
    static_cast<void>(dm.registerEventCompletionCallbacks<Event>(&everywhere, self));
    // says: registerEventHandler<E> needs a member handleEvent(E const &) that returns void, Task<void> or AsyncGenerator<
    static_cast<void>(dm.registerEventHandler<Placed>(&nothing, self));
    Mistyped mistyped;
    // says: registerEventHandler<E> needs a member handleEvent(E const &) that returns void, Task<void> or AsyncGenerator<
    static_cast<void>(dm.registerEventHandler<Placed>(&mistyped, self));
    // says: a plain class registers with (this, self), where self is the IService & that its constructor takes
    static_cast<void>(dm.registerEventHandler<Placed>(&it));
    // says: handleEvent must return void, Task<void> or AsyncGenerator<
    static_cast<void>(dm.registerEventHandler<Placed>(&it, self));
    // says: an event interceptor is registered for an event type, struct X : EventOf<X>, or for Event, which is all
    static_cast<void>(dm.registerEventInterceptor<NoEvent>(&it, self));
    // says: completion callbacks are registered for an event type, struct X : EventOf<X>; an interceptor sees all
    static_cast<void>(dm.registerEventCompletionCallbacks<NoEvent>(&it, self));
    // says: registerEventInterceptor<E> needs bool preInterceptEvent(E const &) and void postInterceptEvent(E const &, bool)
    static_cast<void>(dm.registerEventInterceptor<Placed>(&it, self));
    // says: registerEventCompletionCallbacks<E> needs void handleCompletion(E const &) and void handleError(E const &, EventError const &)
    static_cast<void>(dm.registerEventCompletionCallbacks<Placed>(&it, self));
    // says: registerDependencyTracker<I> needs void handleDependencyRequest(DependencyRequest<I> const &)
    static_cast<void>(dm.registerDependencyTracker<ICache>(&it, self));
}

void pushes(IEventQueue &queue, RealtimeQueue &realtime, CommunicationChannel &channel, DependencyManager &dm) {
    // says: an event derives, publicly, from EventOf of itself: struct Tick final : EventOf<Tick> {};
    queue.pushEvent<NoEventEither<0>>(ServiceId{});
    // says: an event derives, publicly, from EventOf of itself: struct Tick final : EventOf<Tick> {};
    queue.pushPrioritisedEvent<NoEventEither<1>>(ServiceId{}, DEFAULT_PRIORITY, 1);
    // says: an event derives, publicly, from EventOf of itself: struct Tick final : EventOf<Tick> {};
    static_cast<void>(queue.tryPushEvent<NoEventEither<2>>(ServiceId{}));
    // says: an event derives, publicly, from EventOf of itself: struct Tick final : EventOf<Tick> {};
    realtime.pushEventBefore<NoEventEither<3>>(ServiceId{}, TimePoint{});
    // says: an event derives, publicly, from EventOf of itself: struct Tick final : EventOf<Tick> {};
    static_cast<void>(realtime.tryPushEventBefore<NoEventEither<4>>(ServiceId{}, TimePoint{}));
    // says: an event derives, publicly, from EventOf of itself: struct Tick final : EventOf<Tick> {};
    static_cast<void>(channel.sendEventTo<NoEventEither<5>>(dm.getId(), ServiceId{}));
    // says: an event derives, publicly, from EventOf of itself: struct Tick final : EventOf<Tick> {};
    static_cast<void>(channel.broadcastEvent<NoEventEither<6>>(dm, ServiceId{}));
    // says: an event derives, publicly, from EventOf of itself: struct Tick final : EventOf<Tick> {};
    queue.pushEvent<Bare>(ServiceId{});
    // says: an event derives, publicly, from EventOf of itself: struct Tick final : EventOf<Tick> {};
    queue.pushEvent<Hidden>(ServiceId{});
    // says: this event derives from the EventOf of another event, which its handlers would take it for
    queue.pushEvent<Copied>(ServiceId{});
    // says: an event has no virtual functions
    queue.pushEvent<Virtual>(ServiceId{});
    // says: this event cannot be constructed from the arguments that follow its origin (and priority or deadline) in the push
    queue.pushEvent<Numbered>(ServiceId{});
    // says: this event cannot be constructed from the arguments that follow its origin (and priority or deadline) in the push
    static_cast<void>(queue.tryPushEvent<Member>(ServiceId{}, "seven"));
    // says: this event cannot be constructed from the arguments that follow its origin (and priority or deadline) in the push
    realtime.pushEventBefore<Numbered>(ServiceId{}, TimePoint{}, "seven");
}

void events(IEventQueue &queue) {
    // says: this callable is a coroutine: push it as a RunFunctionEventAsync
    queue.pushEvent<RunFunctionEvent>(ServiceId{}, []() -> Task<void> { co_return; });
    // says: the callable of a RunFunctionEventAsync has to return Task<void>; push a plain function as a RunFunctionEvent
    queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [] {});
    // says: a RunFunctionEvent takes a callable without parameters or with one of type DependencyManager &
    queue.pushEvent<RunFunctionEvent>(ServiceId{}, [](int) {});
}

void timers(Timer &timer) {
    // says: a timer's callback takes nothing or a TimerTick const &
    timer.setCallback([](std::string const &) {});
    // says: a timer's callback returns void or Task<void>
    timer.setCallback([] { return 1; });
}

Task<void> coroutines() {
    // says: An Ichor coroutine can await Ichor's tasks, generators and operations only
    co_await Foreign{};
    Task<void> named = coroutines();
    // says: A Task that has a name must be handed over: write std::move(task)
    co_await withTimeout(std::chrono::seconds{1}, named);
}

// says: Task<T &&> would hand out a reference to something that is gone: return T by value
Task<int &&> dangling();
void useDangling() { static_cast<void>(dangling()); }
// says: AsyncGenerator<void> has no values to give: return a Task<void> and co_await yieldNow() in it
AsyncGenerator<void> valueless();
void useValueless() { static_cast<void>(valueless()); }
