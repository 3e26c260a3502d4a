#pragma once

#include "ServiceTable.h"
#include <array>
#include <ichor/base/Containers.h>
#include <ichor/dependency_management/EventThunks.h>
#include <ichor/dependency_management/Registration.h>
#include <ichor/events/EventHolder.h>
#include <ichor/events/RunFunctionEventAsync.h>
#include <memory>
#include <utility>
#include <vector>

namespace Ichor::Detail {

class FunctionRoot;
class ManagerLog;
class InFlightEvent;

/// Who wants to see an event: handlers, interceptors, and whoever pushed it and wants to know how it ended.
///
/// Threads: the manager's own
class EventRouter final : public RegistrationTable {
public:
    EventRouter(ServiceTable &table, ManagerLog &log, Scope &rootScope, bool &wantsInternalEvents);
    ~EventRouter();
    EventRouter(EventRouter const &) = delete;
    EventRouter &operator=(EventRouter const &) = delete;

    /// Each: std::bad_alloc, then nothing has changed
    EventHandlerRegistration addHandler(std::uint64_t type, HandlerThunk thunk, void *self, ServiceId owner);
    EventInterceptorRegistration addInterceptor(std::uint64_t type, InterceptorThunk thunk, void *self, ServiceId owner);
    EventCompletionHandlerRegistration addCompletion(std::uint64_t type, CompletionThunk thunk, void *self, ServiceId owner);
    void forget(std::uint64_t key) noexcept override;

    /// Intercepts the event, lets `handleFirst` do what the manager itself does for it, and hands it to its handlers. `handleFirst` says
    /// whether whoever pushed the event has been told how it ended, or will be.
    template <typename F>
    void dispatch(Event &event, F &&handleFirst) noexcept {
        std::uint64_t const type = event.type();
        Topic *topic = find(type);
        if (topic == nullptr && _everything.interceptors.empty()) {
            handleFirst();
            return;
        }
        Course course;
        if (!_everything.interceptors.empty() || (topic != nullptr && !topic->interceptors.empty())) {
            course.interceptorsEnd = _nextKey;
            if (!intercept(event, topic, course)) {
                return;
            }
        }
        _courseOfNext = &course;
        if (handleFirst()) {
            course.told = type == RunFunctionEventAsync::TYPE ? Told::END : Told::FAILURE;
        }
        _courseOfNext = nullptr;
        handOut(event, topic, course);
    }

    /// Runs a pushed function, unless the service that pushed it has stopped since, and with it what the function captured. True when it
    /// was dropped, or whoever pushed it has been told of a failure: there is no completion to tell of.
    bool runFunction(Event &event, DependencyManager &manager) noexcept;
    /// The same for a coroutine, which belongs to the scope of the service that pushed it. Whoever pushed it is told of its end.
    void runFunctionAsync(Event &event, DependencyManager &manager) noexcept {
        runFunctionAsync(event, manager, std::exchange(_courseOfNext, nullptr));
    }
    /// Does the same without dispatching it, where nobody but its pusher would see it. False: it has to be dispatched.
    [[nodiscard]] bool runUnwatched(Event &event, DependencyManager &manager) noexcept {
        if (_coroutines != nullptr || !_everything.interceptors.empty()) [[unlikely]] {
            return false;
        }
        runFunctionAsync(event, manager, nullptr);
        return true;
    }

    /// From InFlightEvent: something that handles it failed, or was cancelled.
    void failed(Event const &event, ServiceId handler, std::exception_ptr const &error) noexcept;
    void completed(Event const &event) noexcept {
        if (_completions != 0) {
            reportCompletion(event);
        }
    }

    /// Keeps one root that has ended for the next pushed coroutine, which most often comes when the one before it has ended. False: there
    /// is one already, or freed memory is not to be kept.
    [[nodiscard]] bool park(FunctionRoot &root) noexcept {
        if (_parkedRoot != nullptr || !_isParking) {
            return false;
        }
        _parkedRoot = &root;
        return true;
    }
    /// nullptr: none is parked.
    [[nodiscard]] FunctionRoot *takeParkedRoot() noexcept { return std::exchange(_parkedRoot, nullptr); }

private:
    template <typename Thunk>
    struct Entry {
        std::uint64_t key = 0; // 0: forgotten, to be swept
        Thunk thunk;
        void *self = nullptr;
        ServiceId owner{};
    };

    template <typename Thunk>
    using Entries = std::vector<Entry<Thunk>>;

    /// All that is registered for one type of event.
    struct Topic {
        std::uint64_t type = 0;
        Entries<HandlerThunk> handlers;
        Entries<InterceptorThunk> interceptors;
        UnorderedMap<ServiceId, Entries<CompletionThunk>> completions; // by who pushed
        unsigned inUse = 0;                                            // loops that run over these lists: they are swept only at 0
        bool isDirty = false;
    };

    /// What whoever pushed an event knows of it: once of a failure, it is told of others, but not of a completion. END: it has been told
    /// how it ended, or will be, by the coroutine that it pushed.
    enum class Told : std::uint8_t { NOTHING, FAILURE, END };

    /// One event on its way through its interceptors and handlers.
    struct Course {
        std::uint64_t interceptorsEnd = 0; // those with a smaller key see it, before and after; 0: nobody does
        InFlightEvent *flight = nullptr;   // where it lies once a coroutine works on it; nullptr: in the queue
        Told told = Told::NOTHING;
    };

    enum class Kind : std::uint8_t { HANDLER, INTERCEPTOR, COMPLETION };

    struct Place {
        Topic *topic;
        Kind kind;
        ServiceId owner;
    };

    class Use;

    [[nodiscard]] Topic *find(std::uint64_t type) noexcept {
        CacheLine &line = _cache[type % CACHE_LINES];
        if (line.type != type || !line.isValid) {
            line = {type, lookUp(type), true};
        }
        return line.topic;
    }
    [[nodiscard]] Topic *lookUp(std::uint64_t type) const noexcept;
    [[nodiscard]] Topic &topicOf(std::uint64_t type);
    [[nodiscard]] std::uint64_t registerPlace(Topic &topic, Kind kind, ServiceId owner);
    [[nodiscard]] bool mayRun(Event const &event, ServiceRecord const *origin) const noexcept;
    [[nodiscard]] bool isRunning(ServiceId id) const noexcept;

    [[nodiscard]] bool intercept(Event const &event, Topic *topic, Course &course) noexcept;
    [[nodiscard]] bool preIntercept(Event const &event, Topic &topic, Course &course) noexcept;
    void postIntercept(Event const &event, Topic *topic, bool processed, Course &course) noexcept;
    template <typename F>
    void callInterceptors(Event const &event, Topic &topic, Course &course, F const &call) noexcept;
    void handOut(Event &event, Topic *topic, Course &course) noexcept;
    void handle(Entry<HandlerThunk> const &handler, Event &event, Course &course) noexcept;
    void failedHere(Event const &event, ServiceId callee, std::exception_ptr const &error, Told &told) noexcept;
    void logFailure(Event const &event, ServiceRecord const *callee, std::exception_ptr const &error) noexcept;
    void reportFailure(Event const &event, EventError const &error) noexcept;
    void reportCompletion(Event const &event) noexcept;
    template <typename F>
    void tellPusher(Event const &event, std::string_view callback, F const &tell) noexcept;
    void runFunctionAsync(Event &event, DependencyManager &manager, Course *course) noexcept;
    void runFunctionInFlight(Event &event, DependencyManager &manager, Scope &scope, Priority priority, Course *course);
    void sweep(Topic &topic) noexcept;
    void updateInternalEvents() noexcept;

    struct CacheLine {
        std::uint64_t type = 0;
        Topic *topic = nullptr;
        bool isValid = false;
    };
    static constexpr std::size_t CACHE_LINES = 16;

    ServiceTable &_table;
    ManagerLog &_log;
    Scope &_rootScope;
    bool &_wantsInternalEvents;
    UnorderedMap<std::uint64_t, std::unique_ptr<Topic>> _topics;
    Topic _everything;            // registered for <Event>
    Topic *_coroutines = nullptr; // for pushed ones; nullptr: nobody ever registered for them
    std::array<CacheLine, CACHE_LINES> _cache{};
    UnorderedMap<std::uint64_t, Place> _places;
    std::uint64_t _nextKey = 1;
    std::size_t _completions = 0;    // how many of _places are of that kind
    Course *_courseOfNext = nullptr; // of the pushed coroutine that is about to run; nullptr: nobody else sees it
    FunctionRoot *_parkedRoot = nullptr;
    bool const _isParking;
    std::shared_ptr<RegistrationLink> _link;
};

} // namespace Ichor::Detail
