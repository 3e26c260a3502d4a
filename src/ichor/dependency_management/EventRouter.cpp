#include "EventRouter.h"

#include "FunctionRoot.h"
#include "HandlerRoot.h"
#include "InFlightEvent.h"
#include "ManagerLog.h"
#include <algorithm>
#include <fmt/core.h>
#include <ichor/coroutines/FrameRecycler.h>
#include <ichor/dependency_management/DependencyManager.h>
#include <ichor/event_queues/IEventQueue.h>
#include <ichor/events/ContinueEvent.h>

namespace Ichor::Detail {

/// While one lives, the lists of a topic are not swept. Entries are read by index, as registering may move them.
class EventRouter::Use final {
public:
    Use(EventRouter &router, Topic &topic) noexcept : _router(router), _topic(topic) { ++topic.inUse; }
    ~Use() {
        if (--_topic.inUse == 0 && _topic.isDirty) {
            _router.sweep(_topic);
        }
    }
    Use(Use const &) = delete;
    Use &operator=(Use const &) = delete;

private:
    EventRouter &_router;
    Topic &_topic;
};

EventRouter::EventRouter(ServiceTable &table, ManagerLog &log, Scope &rootScope, bool &wantsInternalEvents)
    : _table(table), _log(log), _rootScope(rootScope), _wantsInternalEvents(wantsInternalEvents), _isParking(FrameRecycler::keepsFrames()),
      _link(std::make_shared<RegistrationLink>(RegistrationLink{this})) {}

EventRouter::~EventRouter() {
    _link->table = nullptr;
    if (_parkedRoot != nullptr) {
        FunctionRoot::discard(*_parkedRoot);
    }
}

EventRouter::Topic *EventRouter::lookUp(std::uint64_t type) const noexcept {
    auto const found = _topics.find(type);
    return found == _topics.end() ? nullptr : found->second.get();
}

EventRouter::Topic &EventRouter::topicOf(std::uint64_t type) {
    if (type == _everything.type) {
        return _everything;
    }
    if (Topic *known = lookUp(type)) {
        return *known;
    }
    auto made = std::make_unique<Topic>();
    made->type = type;
    Topic &topic = *_topics.emplace(type, std::move(made)).first->second;
    if (type == RunFunctionEventAsync::TYPE) {
        _coroutines = &topic;
    }
    _cache.fill({});
    return topic;
}

std::uint64_t EventRouter::registerPlace(Topic &topic, Kind kind, ServiceId owner) {
    _places.emplace(_nextKey, Place{&topic, kind, owner});
    return _nextKey++;
}

namespace {

/// Appends, or leaves all as it was.
template <typename List, typename Places, typename Entry>
void append(List &list, Places &places, Entry const &entry) {
    try {
        list.push_back(entry);
    } catch (...) {
        places.erase(entry.key);
        throw;
    }
}

} // namespace

EventHandlerRegistration EventRouter::addHandler(std::uint64_t type, HandlerThunk thunk, void *self, ServiceId owner) {
    Topic &topic = topicOf(type);
    std::uint64_t const key = registerPlace(topic, Kind::HANDLER, owner);
    append(topic.handlers, _places, Entry<HandlerThunk>{key, thunk, self, owner});
    updateInternalEvents();
    return {_link, key};
}

EventInterceptorRegistration EventRouter::addInterceptor(std::uint64_t type, InterceptorThunk thunk, void *self, ServiceId owner) {
    Topic &topic = topicOf(type);
    std::uint64_t const key = registerPlace(topic, Kind::INTERCEPTOR, owner);
    append(topic.interceptors, _places, Entry<InterceptorThunk>{key, thunk, self, owner});
    updateInternalEvents();
    return {_link, key};
}

EventCompletionHandlerRegistration EventRouter::addCompletion(std::uint64_t type, CompletionThunk thunk, void *self, ServiceId owner) {
    Topic &topic = topicOf(type);
    Entries<CompletionThunk> &entries = topic.completions[owner];
    std::uint64_t const key = registerPlace(topic, Kind::COMPLETION, owner);
    append(entries, _places, Entry<CompletionThunk>{key, thunk, self, owner});
    ++_completions;
    return {_link, key};
}

void EventRouter::forget(std::uint64_t key) noexcept {
    auto const found = _places.find(key);
    if (found == _places.end()) {
        return;
    }
    Place const place = found->second;
    _places.erase(found);
    Topic &topic = *place.topic;
    auto const mark = [key](auto &entries) {
        for (auto &entry : entries) {
            if (entry.key == key) {
                entry.key = 0;
            }
        }
    };
    switch (place.kind) {
    case Kind::HANDLER: mark(topic.handlers); break;
    case Kind::INTERCEPTOR: mark(topic.interceptors); break;
    case Kind::COMPLETION:
        --_completions;
        if (auto const entries = topic.completions.find(place.owner); entries != topic.completions.end()) {
            mark(entries->second);
        }
        break;
    }
    topic.isDirty = true;
    if (topic.inUse == 0) {
        sweep(topic);
    }
}

void EventRouter::sweep(Topic &topic) noexcept {
    auto const isForgotten = [](auto const &entry) { return entry.key == 0; };
    std::erase_if(topic.handlers, isForgotten);
    std::erase_if(topic.interceptors, isForgotten);
    for (auto it = topic.completions.begin(); it != topic.completions.end();) {
        std::erase_if(it->second, isForgotten);
        auto const current = it++;
        if (current->second.empty()) {
            topic.completions.erase(current);
        }
    }
    topic.isDirty = false;
    updateInternalEvents();
}

void EventRouter::updateInternalEvents() noexcept {
    Topic const *own = lookUp(ContinueEvent::TYPE);
    _wantsInternalEvents = !_everything.interceptors.empty() || (own != nullptr && !(own->interceptors.empty() && own->handlers.empty()));
}

bool EventRouter::isRunning(ServiceId id) const noexcept {
    ServiceRecord const *record = _table.find(id);
    return record != nullptr && record->state != ServiceState::INSTALLED;
}

bool EventRouter::intercept(Event const &event, Topic *topic, Course &course) noexcept {
    bool isAllowed = preIntercept(event, _everything, course);
    if (topic != nullptr) {
        isAllowed = preIntercept(event, *topic, course) && isAllowed;
    }
    if (!isAllowed) {
        postIntercept(event, topic, false, course);
    }
    return isAllowed;
}

bool EventRouter::preIntercept(Event const &event, Topic &topic, Course &course) noexcept {
    bool isAllowed = true;
    callInterceptors(event, topic, course, [&event, &isAllowed](Entry<InterceptorThunk> const &entry) {
        isAllowed = entry.thunk.pre(entry.self, event) && isAllowed;
    });
    return isAllowed;
}

void EventRouter::postIntercept(Event const &event, Topic *topic, bool processed, Course &course) noexcept {
    auto const post = [&event, processed](Entry<InterceptorThunk> const &entry) { entry.thunk.post(entry.self, event, processed); };
    if (topic != nullptr) {
        callInterceptors(event, *topic, course, post);
    }
    callInterceptors(event, _everything, course, post);
}

template <typename F>
void EventRouter::callInterceptors(Event const &event, Topic &topic, Course &course, F const &call) noexcept {
    if (topic.interceptors.empty()) {
        return;
    }
    Use const use{*this, topic};
    std::size_t const count = topic.interceptors.size();
    for (std::size_t i = 0; i < count; ++i) {
        Entry<InterceptorThunk> const entry = topic.interceptors[i];
        if (entry.key >= course.interceptorsEnd) {
            return; // it and those behind it came during this dispatch
        }
        if (entry.key == 0 || !isRunning(entry.owner)) {
            continue;
        }
        try {
            call(entry);
        } catch (...) {
            failedHere(event, entry.owner, std::current_exception(), course.told);
        }
    }
}

void EventRouter::handOut(Event &event, Topic *topic, Course &course) noexcept {
    bool const isToldByItself = course.flight != nullptr; // by the coroutine that was pushed
    if (topic != nullptr && !topic->handlers.empty()) {
        Use const use{*this, *topic};
        std::size_t const count = topic->handlers.size();
        for (std::size_t i = 0; i < count; ++i) {
            Entry<HandlerThunk> const handler = topic->handlers[i];
            if (handler.key == 0 || !isRunning(handler.owner)) {
                continue;
            }
            handle(handler, event, course);
        }
    }
    if (course.interceptorsEnd != 0) {
        postIntercept(course.flight != nullptr ? course.flight->event() : event, topic, true, course);
    }
    if (course.flight != nullptr) {
        if (course.told != Told::NOTHING && !isToldByItself) {
            course.flight->noteFailure();
        }
        course.flight->release();
    } else if (course.told == Told::NOTHING && topic != nullptr && !topic->completions.empty()) {
        completed(event);
    }
}

void EventRouter::handle(Entry<HandlerThunk> const &handler, Event &event, Course &course) noexcept {
    InFlightEvent *&flight = course.flight;
    try {
        if (handler.thunk.run != nullptr) {
            handler.thunk.run(handler.self, flight != nullptr ? flight->event() : event);
            return;
        }
        // The coroutine's frame keeps a reference to the event, so that it moves before, and not only when the handler suspends.
        if (flight == nullptr) {
            flight = InFlightEvent::take(*this, event);
        }
        Task<void> task = handler.thunk.runAsync(handler.self, flight->event());
        if (!task) {
            return;
        }
        ServiceRecord &owner = *_table.find(handler.owner);
        auto *root = new HandlerRoot(*flight, owner.id);
        root->launch(std::move(task), &owner.coroutines, owner.manager.getEventQueue(), owner.priority, owner.id);
    } catch (...) {
        failedHere(flight != nullptr ? flight->event() : event, handler.owner, std::current_exception(), course.told);
    }
}

/// A service of another manager is not here: only its own queue can know whether it has gone.
bool EventRouter::mayRun(Event const &event, ServiceRecord const *origin) const noexcept {
    return origin != nullptr ? origin->mayRunPushed(event.id()) : !_table.hasGiven(event.origin());
}

bool EventRouter::runFunction(Event &event, DependencyManager &manager) noexcept {
    ServiceRecord const *origin = _table.find(event.origin());
    if (!mayRun(event, origin)) {
        return true;
    }
    try {
        static_cast<RunFunctionEvent &>(event).run(manager);
        return false;
    } catch (...) {
        failed(event, event.origin(), std::current_exception());
        return true;
    }
}

void EventRouter::runFunctionAsync(Event &event, DependencyManager &manager, Course *course) noexcept {
    ServiceRecord *origin = _table.find(event.origin());
    if (!mayRun(event, origin)) {
        return;
    }
    Scope &scope = origin != nullptr ? origin->coroutines : _rootScope;
    Priority const priority = origin != nullptr ? origin->priority : DEFAULT_PRIORITY;
    try {
        if (event.descriptor().isBoxed || (course != nullptr && course->told != Told::NOTHING)) [[unlikely]] {
            return runFunctionInFlight(event, manager, scope, priority, course);
        }
        FunctionRoot::launch(*this, event, manager, scope, priority);
    } catch (...) {
        failed(event, event.origin(), std::current_exception());
    }
}

/// Of a callable that is too large, or not safely movable; or one whose interceptor has failed, so that its completion is not to be told.
/// Whoever sees the event after it sees it in the flight, as nothing of it may be left in the queue.
void EventRouter::runFunctionInFlight(Event &event, DependencyManager &manager, Scope &scope, Priority priority, Course *course) {
    InFlightEvent *flight = InFlightEvent::take(*this, event);
    if (course != nullptr) {
        if (course->told != Told::NOTHING) {
            flight->noteFailure();
        }
        flight->acquire();
        course->flight = flight;
    }
    try {
        Task<void> task = static_cast<RunFunctionEventAsync &>(flight->event()).run(manager);
        if (task) {
            auto *root = new HandlerRoot(*flight, flight->event().origin());
            root->launch(std::move(task), &scope, manager.getEventQueue(), priority, flight->event().origin());
        }
    } catch (...) {
        flight->noteFailure();
        failed(flight->event(), flight->event().origin(), std::current_exception());
    }
    flight->release();
}

void EventRouter::failed(Event const &event, ServiceId handler, std::exception_ptr const &error) noexcept {
    ServiceRecord const *service = _table.find(handler);
    logFailure(event, service, error);
    EventError report{.message = {}, .exception = error, .handler = handler, .handlerName = {}};
    try {
        report.message = error ? describe(error) : "cancelled: the handling service stopped";
        report.handlerName = service != nullptr ? service->name : std::string_view{};
    } catch (...) {
        // No memory for the words: that it failed is told all the same.
    }
    reportFailure(event, report);
}

/// While the event is dispatched.
void EventRouter::failedHere(Event const &event, ServiceId callee, std::exception_ptr const &error, Told &told) noexcept {
    if (told == Told::END) {
        return logFailure(event, _table.find(callee), error);
    }
    told = Told::FAILURE;
    failed(event, callee, error);
}

void EventRouter::logFailure(Event const &event, ServiceRecord const *callee, std::exception_ptr const &error) noexcept {
    if (!error) {
        return;
    }
    try {
        std::string const what = fmt::format("handling {}", event.name());
        if (callee != nullptr) {
            _log.callbackThrew(*callee, what, error);
        } else {
            _log.callbackThrew(what, error);
        }
    } catch (...) {
        // Out of memory: a line is lost.
    }
}

void EventRouter::reportFailure(Event const &event, EventError const &error) noexcept {
    tellPusher(event, "handleError", [&](Entry<CompletionThunk> const &entry) { entry.thunk.failed(entry.self, event, error); });
}

void EventRouter::reportCompletion(Event const &event) noexcept {
    tellPusher(event, "handleCompletion", [&](Entry<CompletionThunk> const &entry) { entry.thunk.completed(entry.self, event); });
}

template <typename F>
void EventRouter::tellPusher(Event const &event, std::string_view callback, F const &tell) noexcept {
    Topic *topic = find(event.type());
    if (topic == nullptr) {
        return;
    }
    auto const entries = topic->completions.find(event.origin());
    if (entries == topic->completions.end()) {
        return;
    }
    Use const use{*this, *topic};
    std::size_t const count = entries->second.size();
    for (std::size_t i = 0; i < count; ++i) {
        Entry<CompletionThunk> const entry = topic->completions.find(event.origin())->second[i];
        if (entry.key == 0 || !isRunning(entry.owner)) {
            continue;
        }
        try {
            tell(entry);
        } catch (...) {
            if (ServiceRecord const *pusher = _table.find(event.origin())) {
                _log.callbackThrew(*pusher, callback, std::current_exception());
            }
        }
    }
}

} // namespace Ichor::Detail
