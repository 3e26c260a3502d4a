#pragma once
// Length: the one class that users call; its templates are thin and belong together.

#include <concepts>
#include <ichor/dependency_management/AdvancedRecord.h>
#include <ichor/dependency_management/ConstructorRecord.h>
#include <ichor/dependency_management/EventThunks.h>
#include <ichor/dependency_management/Explanation.h>
#include <ichor/dependency_management/OnlyFor.h>
#include <ichor/dependency_management/Registration.h>
#include <ichor/dependency_management/ServiceGraph.h>
#include <ichor/dependency_management/ServiceHandle.h>
#include <ichor/dependency_management/StateWaiter.h>
#include <ichor/events/QuitEvent.h>
#include <ichor/events/RemoveServiceEvent.h>
#include <ichor/events/RunFunctionEvent.h>
#include <ichor/events/RunFunctionEventAsync.h>
#include <ichor/events/StartServiceEvent.h>
#include <ichor/events/StopServiceEvent.h>
#include <ichor/model/ManagerId.h>
#include <memory>
#include <utility>
#include <vector>

namespace Ichor {

class IEventQueue;

namespace Detail {
class ManagerRooms;
}

/// Owns the services of one thread: wires their interfaces together, starts and stops them in the right order, and does it again
/// whenever one comes or goes. Made by `queue.createManager()`.
///
/// Threads:  before the queue runs: one at a time; then the queue's own. getId() and getEventQueue() may be called from any
/// Lifetime: as long as its queue
class DependencyManager final {
public:
    DependencyManager(DependencyManager const &) = delete;
    DependencyManager &operator=(DependencyManager const &) = delete;
    ~DependencyManager() = default;

    [[nodiscard]] ManagerId getId() const noexcept;
    [[nodiscard]] IEventQueue &getEventQueue() const noexcept;
    /// The manager whose queue runs on this thread, or nullptr.
    [[nodiscard]] static DependencyManager *current() noexcept;

    /// Registers a service of class `Impl` that provides `Interfaces`. It starts, soon and not inside this call, once what it requires is
    /// there.
    ///
    /// Errors: what Impl's constructor throws, when it derives from AdvancedService; then nothing has been registered
    template <typename Impl, typename... Interfaces>
    ServiceHandle createServiceManager(Properties properties = {}, Priority priority = DEFAULT_PRIORITY) {
        return create<Impl, Interfaces...>(std::move(properties), priority, OnlyFor{});
    }

    /// The same for a provider that serves one requester only.
    template <typename Impl, typename... Interfaces>
    ServiceHandle createServiceManager(Properties properties, OnlyFor onlyFor, Priority priority = DEFAULT_PRIORITY) {
        return create<Impl, Interfaces...>(std::move(properties), priority, onlyFor);
    }

    /// Each returns whether there is such a service; what was asked for happens soon, not inside the call, so each may be called from
    /// anywhere: by a service about itself, about what it depends on, about what depends on it.
    bool startService(ServiceId id);
    bool stopService(ServiceId id);
    bool removeService(ServiceId id);

    /// `co_await dm.waitForStarted(id)`: Expected<void, StartError>. At once when it is ACTIVE; the error when it fails or is removed.
    StartedWait waitForStarted(ServiceId id);
    /// `co_await dm.waitForStopped(id)`: Expected<void, Cancelled>. At once when it is not running or is no longer there.
    StoppedWait waitForStopped(ServiceId id);

    /// The service `id` as `I`; nullptr when there is none, it does not provide `I`, or (a plain class) it is not built.
    template <typename I>
    [[nodiscard]] I *getService(ServiceId id) noexcept {
        return static_cast<I *>(findInterface(id, INTERFACE_TYPE<I>));
    }

    /// The service `id`, or nullptr.
    [[nodiscard]] IService *getIService(ServiceId id) noexcept;

    /// All ACTIVE providers of `I`, in the order of their registration.
    template <typename I>
    [[nodiscard]] std::vector<I *> getStartedServices() {
        return collect<I>(Providers::STARTED);
    }

    /// All providers of `I` that have an object, started or not.
    template <typename I>
    [[nodiscard]] std::vector<I *> getAllServicesOfType() {
        return collect<I>(Providers::ALL);
    }

    [[nodiscard]] std::size_t getServiceCount() const noexcept;
    [[nodiscard]] std::vector<std::pair<ServiceId, IService *>> getServiceInfo();

    /// Calls `T::handleEvent(E const &)` for each event of type E while the registration lives and the service runs. The handler returns
    /// void, Task<void> or AsyncGenerator<…>; its coroutine belongs to the service's scope.
    template <typename E, typename T>
    [[nodiscard]] EventHandlerRegistration registerEventHandler(T *self, IService &service) {
        constexpr bool isHandled = requires(T & t, E const &e) { t.handleEvent(e); };
        static_assert(Detail::EventType<E>,
                      "Ichor: an event handler is registered for an event type, struct X : EventOf<X>; an interceptor sees all");
        static_assert(
            isHandled,
            "Ichor: registerEventHandler<E> needs a member handleEvent(E const &) that returns void, Task<void> or AsyncGenerator<…>; "
            "if it is private, add: friend DependencyManager;");
        if constexpr (Detail::EventType<E> && isHandled) {
            return addHandler(Detail::eventTypeOf<E>(), handlerThunk<E, T>(), self, service);
        } else {
            return {};
        }
    }
    template <typename E, typename T>
    [[nodiscard]] EventHandlerRegistration registerEventHandler(T *self) {
        return registerEventHandler<E>(self, serviceOf(self));
    }

    /// Calls `preInterceptEvent(E const &)`, which may forbid an event by `false`, and `postInterceptEvent(E const &, bool processed)`
    /// around the dispatch of each event of type E; `<Event>` stands for all types. One that throws has not forbidden it. All are asked,
    /// also when one forbids it; one that is registered while an event is dispatched sees those after it.
    template <typename E, typename T>
    [[nodiscard]] EventInterceptorRegistration registerEventInterceptor(T *self, IService &service) {
        static_assert(Detail::EventTypeOrAll<E>,
                      "Ichor: an event interceptor is registered for an event type, struct X : EventOf<X>, or for Event, which is all");
        static_assert(
            requires(T & t, E const &e) {
                { t.preInterceptEvent(e) } -> std::same_as<bool>;
                t.postInterceptEvent(e, true);
            },
            "Ichor: registerEventInterceptor<E> needs bool preInterceptEvent(E const &) and void postInterceptEvent(E const &, bool)");
        return addInterceptor(Detail::eventTypeOf<E>(), {&pre<E, T>, &post<E, T>}, self, service);
    }
    template <typename E, typename T>
    [[nodiscard]] EventInterceptorRegistration registerEventInterceptor(T *self) {
        return registerEventInterceptor<E>(self, serviceOf(self));
    }

    /// Calls, for each event of type E that this service pushed, either `handleCompletion(E const &)`, once all of its handlers have
    /// ended, or `handleError(E const &, EventError const &)` for each of them, and of its interceptors, that threw or was cancelled, and
    /// then no handleCompletion. Neither is called for an event that was forbidden or dropped. What postInterceptEvent throws after a
    /// pushed coroutine has begun is only logged.
    template <typename E, typename T>
    [[nodiscard]] EventCompletionHandlerRegistration registerEventCompletionCallbacks(T *self, IService &service) {
        static_assert(Detail::EventType<E>,
                      "Ichor: completion callbacks are registered for an event type, struct X : EventOf<X>; an interceptor sees all");
        static_assert(
            requires(T & t, E const &e, EventError const &error) {
                t.handleCompletion(e);
                t.handleError(e, error);
            },
            "Ichor: registerEventCompletionCallbacks<E> needs void handleCompletion(E const &) and void handleError(E const &, EventError "
            "const &)");
        return addCompletion(Detail::eventTypeOf<E>(), {&completed<E, T>, &failed<E, T>}, self, service);
    }
    template <typename E, typename T>
    [[nodiscard]] EventCompletionHandlerRegistration registerEventCompletionCallbacks(T *self) {
        return registerEventCompletionCallbacks<E>(self, serviceOf(self));
    }

    /// Tells `handleDependencyRequest(DependencyRequest<I> const &)` of every request for I of another service, those already made
    /// included, and `handleDependencyUndoRequest(DependencyUndoRequest<I> const &)` when the requester is removed. It hears of them as
    /// long as the registration lives, also while its service is stopped, so that none is lost: a service that is not to serve then
    /// resets the registration in stop(), and hears of those that are left when it registers again.
    template <typename I, typename T>
    [[nodiscard]] DependencyTrackerRegistration registerDependencyTracker(T *self, IService &service) {
        static_assert(
            requires(T & t, DependencyRequest<I> const &request, DependencyUndoRequest<I> const &undo) {
                t.handleDependencyRequest(request);
                t.handleDependencyUndoRequest(undo);
            },
            "Ichor: registerDependencyTracker<I> needs void handleDependencyRequest(DependencyRequest<I> const &) and "
            "void handleDependencyUndoRequest(DependencyUndoRequest<I> const &)");
        return addTracker(INTERFACE_TYPE<I>, {&request<I, T>, &undo<I, T>}, self, service);
    }
    template <typename I, typename T>
    [[nodiscard]] DependencyTrackerRegistration registerDependencyTracker(T *self) {
        return registerDependencyTracker<I>(self, serviceOf(self));
    }

    /// Why a service is not ACTIVE; of an unknown id it says so. What is deep down, or one of very many, is followed to its cause alone,
    /// and it says who tells the rest.
    [[nodiscard]] Explanation explain(ServiceId id) const;
    /// The same for all services that wait or have failed.
    [[nodiscard]] Explanation explain() const;
    /// The services and who depends on whom, as they are now.
    [[nodiscard]] ServiceGraph graph() const;

    /// How long a service's coroutines, and then its stop(), may take before they are cancelled, named in the log and then taken down by
    /// force; and, at the end of the program, coroutines that belong to no service. Default: 10 s.
    void setStopDeadline(Duration deadline) noexcept;
    /// After how long a service that still waits for a dependency is explained in the log, once. Default: 10 s. Where many are due at
    /// once, the first 32 of them are, and the others are counted.
    void setWaitingReport(Duration after) noexcept;

    /// Ends the program's services and then the queue, as QuitEvent does.
    ///
    /// Threads: any
    void quit() noexcept;

private:
    friend class Detail::ManagerRooms;
    friend class Detail::StateWaiter;
    friend class IService;
    enum class Providers : std::uint8_t { STARTED, ALL };

    explicit DependencyManager(Detail::ManagerRooms &rooms) noexcept : _rooms(rooms) {}

    template <typename Impl, typename... Interfaces>
    ServiceHandle create(Properties properties, Priority priority, OnlyFor onlyFor) {
        static_assert(std::is_class_v<Impl> && !std::is_abstract_v<Impl>,
                      "Ichor: the first type of createServiceManager is the class that implements the service; it must not be abstract");
        static_assert(
            (std::derived_from<Impl, Interfaces> && ...),
            "Ichor: createServiceManager<Impl, Interfaces...>: Impl must derive, publicly, from each interface that it is to provide");
        static_assert(Detail::ARE_DISTINCT<Interfaces...>,
                      "Ichor: createServiceManager<Impl, Interfaces...> names an interface twice, which would inject the service twice");
        checkThread();
        if constexpr (std::derived_from<Impl, IService>) {
            static_assert(std::derived_from<Impl, AdvancedService<Impl>>,
                          "Ichor: a service with a life of its own derives from AdvancedService<itself>");
            static_assert(
                std::constructible_from<Impl, DependencyRegister &, Properties>,
                "Ichor: a service that derives from AdvancedService needs a public constructor (DependencyRegister &, Properties)");
            return add(Detail::makeRecord<Detail::AdvancedRecord<Impl, Interfaces...>>(*this, priority, std::move(properties)), onlyFor);
        } else {
            return add(Detail::makeRecord<Detail::ConstructorRecord<Impl, Interfaces...>>(*this, priority, std::move(properties)), onlyFor);
        }
    }

    template <typename T>
    static IService &serviceOf(T *self) {
        static_assert(std::derived_from<T, IService>,
                      "Ichor: a plain class registers with (this, self), where self is the IService & that its constructor takes");
        return *self;
    }

    template <typename E, typename T>
    static constexpr Detail::HandlerThunk handlerThunk() {
        using Result = decltype(std::declval<T &>().handleEvent(std::declval<E const &>()));
        if constexpr (std::is_void_v<Result>) {
            return {.run = [](void *self, Event const &event) { static_cast<T *>(self)->handleEvent(static_cast<E const &>(event)); }};
        } else if constexpr (Detail::IS_GENERATOR<Result>) {
            return {.runAsync = [](void *self, Event const &event) {
                return Detail::drain(static_cast<T *>(self)->handleEvent(static_cast<E const &>(event)));
            }};
        } else if constexpr (std::is_same_v<Result, Task<void>>) {
            return {.runAsync = [](void *self, Event const &event) -> Task<void> {
                return static_cast<T *>(self)->handleEvent(static_cast<E const &>(event));
            }};
        } else {
            static_assert(std::is_void_v<Result>, "Ichor: handleEvent must return void, Task<void> or AsyncGenerator<…>");
            return {};
        }
    }

    template <typename E, typename T>
    static bool pre(void *self, Event const &event) {
        return static_cast<T *>(self)->preInterceptEvent(static_cast<E const &>(event));
    }
    template <typename E, typename T>
    static void post(void *self, Event const &event, bool processed) {
        static_cast<T *>(self)->postInterceptEvent(static_cast<E const &>(event), processed);
    }
    template <typename E, typename T>
    static void completed(void *self, Event const &event) {
        static_cast<T *>(self)->handleCompletion(static_cast<E const &>(event));
    }
    template <typename E, typename T>
    static void failed(void *self, Event const &event, EventError const &error) {
        static_cast<T *>(self)->handleError(static_cast<E const &>(event), error);
    }
    template <typename I, typename T>
    static void request(void *self, AnyDependencyRequest const &any) {
        static_cast<T *>(self)->handleDependencyRequest(DependencyRequest<I>{any});
    }
    template <typename I, typename T>
    static void undo(void *self, AnyDependencyRequest const &any) {
        static_cast<T *>(self)->handleDependencyUndoRequest(DependencyUndoRequest<I>{any});
    }

    template <typename I>
    std::vector<I *> collect(Providers which) {
        std::vector<I *> found;
        collectInterfaces(
            INTERFACE_TYPE<I>, which,
            [](void *into, void *object) { static_cast<std::vector<I *> *>(into)->push_back(static_cast<I *>(object)); }, &found);
        return found;
    }

    void checkThread() const noexcept;
    ServiceHandle add(Detail::OwnedRecord record, OnlyFor onlyFor);
    [[nodiscard]] Detail::ServiceRecord *findRecord(ServiceId id) const noexcept;
    void *findInterface(ServiceId id, InterfaceType const &type) noexcept;
    void collectInterfaces(InterfaceType const &type, Providers which, void (*take)(void *into, void *object), void *into);
    EventHandlerRegistration addHandler(std::uint64_t type, Detail::HandlerThunk thunk, void *self, IService &service);
    EventInterceptorRegistration addInterceptor(std::uint64_t type, Detail::InterceptorThunk thunk, void *self, IService &service);
    EventCompletionHandlerRegistration addCompletion(std::uint64_t type, Detail::CompletionThunk thunk, void *self, IService &service);
    DependencyTrackerRegistration addTracker(InterfaceType const &type, Detail::TrackerThunk thunk, void *self, IService &service);

    Detail::ManagerRooms &_rooms;
};

} // namespace Ichor
