#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct Order final : EventOf<Order> {};
struct SlowOrder final : EventOf<SlowOrder> {};
struct Unhandled final : EventOf<Unhandled> {};

/// Where the test throws, or forbids.
struct Plan {
    bool isPreThrowing = false;
    bool isPostThrowing = false;
    bool isHandlerThrowing = false;
    bool isForbidding = false;
};
Plan plan;

void throwIf(bool isWanted, char const *where) {
    if (isWanted) {
        throw std::runtime_error(where);
    }
}

void run(Plan const &of) { throwIf(of.isHandlerThrowing, "handler"); }

Task<void> runSlowly(Plan const &of) {
    co_await sleepFor(1ms);
    run(of);
}

class Handler final : public AdvancedService<Handler> {
public:
    Handler(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {
        _orders = getManager().registerEventHandler<Order>(this);
        _slowOrders = getManager().registerEventHandler<SlowOrder>(this);
    }
    void handleEvent(Order const &) { run(plan); }
    Task<void> handleEvent(SlowOrder const &) { return runSlowly(plan); }

private:
    EventHandlerRegistration _orders;
    EventHandlerRegistration _slowOrders;
};

template <typename E>
class Interceptor final : public AdvancedService<Interceptor<E>> {
public:
    Interceptor(DependencyRegister &, Properties props) : AdvancedService<Interceptor<E>>(std::move(props)) {
        _interceptor = this->getManager().template registerEventInterceptor<E>(this);
    }
    bool preInterceptEvent(E const &) {
        throwIf(plan.isPreThrowing, "pre");
        return !plan.isForbidding;
    }
    void postInterceptEvent(E const &, bool) { throwIf(plan.isPostThrowing, "post"); }

private:
    EventInterceptorRegistration _interceptor;
};

/// Hears how the events end that it pushed.
template <typename E>
class Pusher final : public AdvancedService<Pusher<E>> {
public:
    Pusher(DependencyRegister &, Properties props) : AdvancedService<Pusher<E>>(std::move(props)) {
        _callbacks = this->getManager().template registerEventCompletionCallbacks<E>(this);
    }
    void handleCompletion(E const &) { ++completions; }
    void handleError(E const &, EventError const &error) { errors.push_back(error.message); }
    static inline int completions = 0;
    static inline std::vector<std::string> errors;

private:
    EventCompletionHandlerRegistration _callbacks;
};

struct Heard {
    int completions;
    std::vector<std::string> errors;
    [[nodiscard]] bool isToldOf(std::string_view error) const { return std::find(errors.begin(), errors.end(), error) != errors.end(); }
};

/// What the one is told who pushes an event of type E, while the interceptors of that type, or of all, do what the plan says.
template <typename E, typename Intercepted, typename... Args>
Heard push(Plan const &of, Args const &...args) {
    plan = {};
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Handler>();
    dm.createServiceManager<Interceptor<Intercepted>>();
    ServiceId const pusher = dm.createServiceManager<Pusher<E>>();
    queue.runUntilIdle();
    Pusher<E>::completions = 0;
    Pusher<E>::errors.clear();
    queue.pushEvent<E>(pusher, args...);
    plan = of;
    queue.advance(2ms);
    plan = {};
    dm.quit();
    queue.runUntilIdle();
    return {Pusher<E>::completions, Pusher<E>::errors};
}

template <typename E, typename... Args>
void expectOneEnd(std::string_view what, Args const &...args) {
    for (int bits = 0; bits < 16; ++bits) {
        Plan const of{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
        INFO(what << ", pre " << of.isPreThrowing << ", post " << of.isPostThrowing << ", handler " << of.isHandlerThrowing << ", forbid "
                  << of.isForbidding);
        for (Heard const &heard : {push<E, E>(of, args...), push<E, Event>(of, args...)}) {
            bool const isForbidden = of.isForbidding && !of.isPreThrowing;
            CHECK(heard.completions == (heard.errors.empty() && !isForbidden ? 1 : 0));
            bool const hasHandler = !std::is_same_v<E, Unhandled>;
            bool const isToldOfEndElsewhere = std::is_same_v<E, RunFunctionEventAsync> && !isForbidden; // by the coroutine itself
            CHECK(heard.isToldOf("handler") == (of.isHandlerThrowing && !isForbidden && hasHandler));
            CHECK(heard.isToldOf("pre") == of.isPreThrowing);
            CHECK(heard.isToldOf("post") == (of.isPostThrowing && !isToldOfEndElsewhere));
        }
    }
}

} // namespace

TEST_CASE("Events: whoever pushed one is told either of its completion or of what failed, also when an interceptor throws",
          "[dependency_management]") {
    expectOneEnd<Order>("a function handles it");
    expectOneEnd<SlowOrder>("a coroutine handles it");
    expectOneEnd<Unhandled>("nobody handles it");
    expectOneEnd<RunFunctionEvent>("a function", [] { run(plan); });
    expectOneEnd<RunFunctionEventAsync>("a coroutine", []() -> Task<void> { return runSlowly(plan); });
    expectOneEnd<RunFunctionEventAsync>("a coroutine that ends at once", []() -> Task<void> {
        run(plan);
        co_return;
    });
    expectOneEnd<RunFunctionEventAsync>("a coroutine that is large", [large = std::array<char, 10'000>{}]() -> Task<void> {
        static_cast<void>(large);
        return runSlowly(plan);
    });
}

namespace {

/// Registers its callbacks twice; the first time they throw.
class TwiceTold final : public AdvancedService<TwiceTold> {
public:
    TwiceTold(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {
        _first = getManager().registerEventCompletionCallbacks<Order>(this);
        _second = getManager().registerEventCompletionCallbacks<Order>(this);
    }
    void handleCompletion(Order const &) { hear(); }
    void handleError(Order const &, EventError const &) { hear(); }
    static inline int told = 0;

private:
    void hear() { throwIf(++told == 1, "the first callback"); }
    EventCompletionHandlerRegistration _first;
    EventCompletionHandlerRegistration _second;
};

} // namespace

TEST_CASE("Events: a completion callback that throws keeps nothing from the others", "[dependency_management]") {
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Handler>();
    ServiceId const pusher = dm.createServiceManager<TwiceTold>();
    queue.runUntilIdle();
    for (bool const isFailing : {false, true}) {
        TwiceTold::told = 0;
        plan = {.isHandlerThrowing = isFailing};
        queue.pushEvent<Order>(pusher);
        queue.runUntilIdle();
        CHECK(TwiceTold::told == 2);
    }
    plan = {};
    dm.quit();
    queue.runUntilIdle();
}

TEST_CASE("Events: a function that was dropped as its service stopped ends in silence", "[dependency_management]") {
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    ServiceId const function = dm.createServiceManager<Pusher<RunFunctionEvent>>();
    ServiceId const coroutine = dm.createServiceManager<Pusher<RunFunctionEventAsync>>();
    queue.runUntilIdle();
    Pusher<RunFunctionEvent>::completions = 0;
    Pusher<RunFunctionEventAsync>::completions = 0;
    bool hasRun = false;
    queue.pushPrioritisedEvent<RunFunctionEvent>(function, Priority{5'000}, [&] { hasRun = true; });
    queue.pushPrioritisedEvent<RunFunctionEventAsync>(coroutine, Priority{5'000}, [&]() -> Task<void> {
        hasRun = true;
        co_return;
    });
    for (ServiceId const id : {function, coroutine}) {
        dm.stopService(id);
        queue.pushEvent<StartServiceEvent>(ServiceId{}, id);
    }
    queue.runUntilIdle();
    CHECK_FALSE(hasRun);
    CHECK(Pusher<RunFunctionEvent>::completions == 0);
    CHECK(Pusher<RunFunctionEventAsync>::completions == 0);
    dm.quit();
    queue.runUntilIdle();
}

namespace {

std::vector<std::string> journal;

/// Notes what it sees of orders, as an interceptor of them and as one of all events.
class Witness {
public:
    bool preInterceptEvent(Order const &) {
        journal.emplace_back("before");
        return true;
    }
    void postInterceptEvent(Order const &, bool processed) { journal.emplace_back(processed ? "after" : "forbidden"); }
    bool preInterceptEvent(Event const &event) {
        note(event, "all before");
        return isAllowing;
    }
    void postInterceptEvent(Event const &event, bool) { note(event, "all after"); }
    bool isAllowing = true;

private:
    static void note(Event const &event, char const *what) {
        if (event.type() == Order::TYPE) {
            journal.emplace_back(what);
        }
    }
};

/// Watches orders, and all events, from the first order on.
class Recruit final : public AdvancedService<Recruit>, public Witness {
public:
    Recruit(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {
        _handler = getManager().registerEventHandler<Order>(this);
    }
    void handleEvent(Order const &) {
        if (!_ofOrders.isRegistered()) {
            _ofOrders = getManager().registerEventInterceptor<Order>(this);
            _ofAll = getManager().registerEventInterceptor<Event>(this);
        }
    }

private:
    EventHandlerRegistration _handler;
    EventInterceptorRegistration _ofOrders;
    EventInterceptorRegistration _ofAll;
};

/// Allows no event.
class Censor final : public AdvancedService<Censor>, public Witness {
public:
    Censor(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {
        isAllowing = false;
        _ofAll = getManager().registerEventInterceptor<Event>(this);
        _ofOrders = getManager().registerEventInterceptor<Order>(this);
    }

private:
    EventInterceptorRegistration _ofAll;
    EventInterceptorRegistration _ofOrders;
};

} // namespace

TEST_CASE("Events: an interceptor that is registered while an event is handled sees the next one, before and after",
          "[dependency_management]") {
    journal.clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    bool const isFirst = GENERATE(true, false);
    if (!isFirst) {
        dm.createServiceManager<Interceptor<Order>>();
        dm.createServiceManager<Interceptor<Event>>();
    }
    dm.createServiceManager<Recruit>();
    queue.runUntilIdle();
    queue.pushEvent<Order>(ServiceId{});
    queue.runUntilIdle();
    CHECK(journal.empty());
    queue.pushEvent<Order>(ServiceId{});
    queue.runUntilIdle();
    CHECK(journal == std::vector<std::string>{"all before", "before", "after", "all after"});
    dm.quit();
    queue.runUntilIdle();
}

TEST_CASE("Events: each interceptor is asked of an event, also when one of all events forbids it", "[dependency_management]") {
    journal.clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Censor>();
    queue.runUntilIdle();
    queue.pushEvent<Order>(ServiceId{});
    queue.runUntilIdle();
    CHECK(journal == std::vector<std::string>{"all before", "before", "forbidden", "all after"});
    dm.quit();
    queue.runUntilIdle();
}

namespace {

/// Sees the events of pushed coroutines after they have begun.
class Onlooker final : public AdvancedService<Onlooker> {
public:
    Onlooker(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {
        _interceptor = getManager().registerEventInterceptor<RunFunctionEventAsync>(this);
        _handler = getManager().registerEventHandler<RunFunctionEventAsync>(this);
    }
    bool preInterceptEvent(RunFunctionEventAsync const &) { return true; }
    void postInterceptEvent(RunFunctionEventAsync const &event, bool) {
        isThere = !captured.expired();
        origin = event.origin();
    }
    Task<void> handleEvent(RunFunctionEventAsync const &event) {
        co_await sleepFor(1ms);
        handled += event.origin() == origin ? 1 : 0;
    }
    static inline std::weak_ptr<int> captured;
    static inline bool isThere = false;
    static inline int handled = 0;
    static inline ServiceId origin;

private:
    EventInterceptorRegistration _interceptor;
    EventHandlerRegistration _handler;
};

} // namespace

TEST_CASE("Events: who sees the event of a large coroutine after it has begun sees it as a whole, also when that has ended",
          "[dependency_management]") {
    Onlooker::handled = 0;
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Onlooker>();
    ServiceId const pusher = dm.createServiceManager<Pusher<RunFunctionEventAsync>>();
    queue.runUntilIdle();
    Pusher<RunFunctionEventAsync>::completions = 0;
    Pusher<RunFunctionEventAsync>::errors.clear();
    auto capture = std::make_shared<int>(7);
    Onlooker::captured = capture;
    bool const isSlow = GENERATE(false, true);
    queue.pushEvent<RunFunctionEventAsync>(pusher,
                                           [isSlow, capture = std::move(capture), large = std::array<char, 10'000>{}]() -> Task<void> {
                                               static_cast<void>(large);
                                               if (isSlow) {
                                                   co_await sleepFor(2ms);
                                               }
                                           });
    queue.runUntilIdle();
    CHECK(Onlooker::isThere);
    CHECK(Onlooker::origin == pusher);
    queue.advance(2ms);
    CHECK(Onlooker::handled == 1);
    CHECK(Onlooker::captured.expired());
    CHECK(Pusher<RunFunctionEventAsync>::completions == 1);
    CHECK(Pusher<RunFunctionEventAsync>::errors.empty());
    dm.quit();
    queue.runUntilIdle();
}
