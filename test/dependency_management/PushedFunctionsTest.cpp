// A pushed function has captured its service. It runs while that service does, and in no other life of it.

#include <catch2/catch.hpp>

#include <functional>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <string>
#include <thread>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

constexpr Priority LATE{5000};

/// What ran, by the number of the life that pushed it.
std::vector<int> ran;
int lives = 0;

/// Pushes a function and a coroutine that run late, for the object that captured itself in them.
template <typename T>
void pushLate(IEventQueue &queue, ServiceId id, T *self) {
    queue.pushPrioritisedEvent<RunFunctionEvent>(id, LATE, [self] { self->tick(); });
    queue.pushPrioritisedEvent<RunFunctionEventAsync>(id, LATE, [self]() -> Task<void> { return self->tickLater(); });
}

class Plain final {
public:
    Plain(IEventQueue &queue, IService &self) { pushLate(queue, self.getServiceId(), this); }
    ~Plain() { _life = -1; }
    void tick() { ran.push_back(_life); }
    Task<void> tickLater() {
        ran.push_back(_life);
        co_return;
    }

private:
    int _life = ++lives;
};

class Advanced final : public AdvancedService<Advanced> {
public:
    Advanced(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {
        if (getProperties().contains("FromConstructor")) {
            pushLate(getEventQueue(), getServiceId(), this);
        }
    }
    void tick() { ran.push_back(_life); }
    Task<void> tickLater() {
        ran.push_back(_life);
        co_return;
    }
    int life() const { return _life; }

private:
    Task<Expected<void, StartError>> start() override {
        _life = ++lives;
        if (!getProperties().contains("FromConstructor")) {
            pushLate(getEventQueue(), getServiceId(), this);
        }
        if (getProperties().contains("Fails")) {
            co_return fail("as it was told to");
        }
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        _life = -1;
        co_return;
    }
    int _life = 0;
};

/// A queue on which something is done right before what runs late.
struct Loop {
    Loop() {
        ran.clear();
        lives = 0;
    }
    ~Loop() {
        dm.quit();
        static_cast<void>(queue.advance(1s));
    }
    void before(std::function<void()> function) {
        queue.pushPrioritisedEvent<RunFunctionEvent>(ServiceId{}, Priority{LATE.value - 1}, std::move(function));
        queue.runUntilIdle();
    }
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
};

} // namespace

TEMPLATE_TEST_CASE("Pushed functions: they run while the service runs", "[dependency_management]", Plain, Advanced) {
    Loop loop;
    loop.dm.createServiceManager<TestType>();
    loop.queue.runUntilIdle();
    CHECK(ran == std::vector<int>{1, 1});
}

TEMPLATE_TEST_CASE("Pushed functions: none runs once the service has stopped", "[dependency_management]", Plain, Advanced) {
    Loop loop;
    ServiceId const id = loop.dm.createServiceManager<TestType>();
    loop.before([&] { loop.dm.stopService(id); });
    CHECK(lives == 1);
    CHECK(ran.empty());
}

TEMPLATE_TEST_CASE("Pushed functions: none runs once the service has been removed", "[dependency_management]", Plain, Advanced) {
    Loop loop;
    ServiceId const id = loop.dm.createServiceManager<TestType>();
    loop.before([&] { loop.dm.removeService(id); });
    CHECK(lives == 1);
    CHECK(ran.empty());
}

TEMPLATE_TEST_CASE("Pushed functions: none runs in the next life of the service", "[dependency_management]", Plain, Advanced) {
    Loop loop;
    ServiceId const id = loop.dm.createServiceManager<TestType>();
    loop.before([&] {
        loop.dm.stopService(id);
        loop.dm.startService(id);
    });
    CHECK(lives == 2);
    CHECK(ran == std::vector<int>{2, 2});
}

TEST_CASE("Pushed functions: what a failed start has pushed does not run, neither before the next start nor after it",
          "[dependency_management]") {
    Loop loop;
    ServiceId const id = loop.dm.createServiceManager<Advanced>(Properties{{"Fails", true}});
    loop.queue.runUntilIdle();
    CHECK(lives == 1);
    CHECK(ran.empty());
    loop.dm.startService(id);
    loop.queue.runUntilIdle();
    CHECK(lives == 2);
    CHECK(ran.empty());
}

TEST_CASE("Pushed functions: what the constructor of an advanced service pushes runs once it runs", "[dependency_management]") {
    Loop loop;
    loop.dm.createServiceManager<Advanced>(Properties{{"FromConstructor", true}});
    loop.queue.runUntilIdle();
    CHECK(ran == std::vector<int>{1, 1});
}

TEST_CASE("Pushed functions: what another thread has pushed for an earlier life does not run either", "[dependency_management]") {
    Loop loop;
    auto handle = loop.dm.createServiceManager<Advanced>(Properties{{"FromConstructor", true}});
    ServiceId const id = handle;
    loop.queue.runUntilIdle();
    ran.clear();
    int const before = lives;
    loop.before([&] {
        std::thread([&] { loop.queue.pushPrioritisedEvent<RunFunctionEvent>(id, LATE, [] { ran.push_back(-1); }); }).join();
        loop.dm.stopService(id);
        loop.dm.startService(id);
    });
    CHECK(lives == before + 1);
    CHECK(ran.empty());
    std::thread([&] { loop.queue.pushPrioritisedEvent<RunFunctionEvent>(id, LATE, [] { ran.push_back(lives); }); }).join();
    loop.queue.runUntilIdle();
    CHECK(ran == std::vector<int>{lives});
}

namespace {

/// Waits in start and in stop for a function that it pushes.
class SelfHelp final : public AdvancedService<SelfHelp> {
public:
    SelfHelp(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
    static inline std::vector<std::string> done;

private:
    Task<Expected<void, StartError>> start() override {
        co_await ask("start");
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override { return ask("stop"); }

    Task<void> ask(std::string what) {
        _answered.reset();
        getEventQueue().pushEvent<RunFunctionEvent>(getServiceId(), [this, what] {
            done.push_back(what);
            _answered.set();
        });
        co_await _answered;
    }
    AsyncManualResetEvent _answered;
};

} // namespace

TEST_CASE("Pushed functions: a service may wait for its own in start and in stop", "[dependency_management]") {
    SelfHelp::done.clear();
    Loop loop;
    ServiceId const id = loop.dm.createServiceManager<SelfHelp>();
    loop.queue.runUntilIdle();
    loop.dm.stopService(id);
    loop.queue.runUntilIdle();
    CHECK(SelfHelp::done == std::vector<std::string>{"start", "stop"});
}

TEST_CASE("Pushed functions: a service of one manager may push to the queue of another", "[dependency_management]") {
    Loop loop;
    VirtualTimeQueue other;
    DependencyManager &otherDm = other.createManager();
    ServiceId const here = loop.dm.createServiceManager<Advanced>();
    ServiceId const there = otherDm.createServiceManager<Advanced>();
    loop.queue.runUntilIdle();
    other.runUntilIdle();
    ran.clear();

    other.pushEvent<RunFunctionEvent>(here, [](DependencyManager &dm) { ran.push_back(static_cast<int>(dm.getServiceCount())); });
    other.pushEvent<RunFunctionEventAsync>(here, []() -> Task<void> {
        co_await sleepFor(1ms);
        ran.push_back(2);
    });
    other.advance(2ms);
    CHECK(ran == std::vector<int>{1, 2});

    otherDm.removeService(there);
    other.runUntilIdle();
    other.pushEvent<RunFunctionEvent>(there, [] { ran.push_back(3); });
    other.runUntilIdle();
    CHECK(ran == std::vector<int>{1, 2});
    otherDm.quit();
    other.advance(1s);
}

namespace {

/// Forbids the pushed coroutines that it sees.
template <typename E>
class Forbidder final : public AdvancedService<Forbidder<E>> {
public:
    Forbidder(DependencyRegister &, Properties props) : AdvancedService<Forbidder<E>>(std::move(props)) {
        _interceptor = this->getManager().template registerEventInterceptor<E>(this);
    }
    bool preInterceptEvent(E const &event) { return event.type() != RunFunctionEventAsync::TYPE; }
    void postInterceptEvent(E const &, bool) {}

private:
    EventInterceptorRegistration _interceptor;
};

} // namespace

TEMPLATE_TEST_CASE("Pushed functions: a coroutine is seen by whoever asks for them after others have run unseen, until that one goes",
                   "[dependency_management]", RunFunctionEventAsync, Event) {
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    queue.runUntilIdle();
    int runs = 0;
    auto const push = [&] {
        queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [&runs]() -> Task<void> {
            ++runs;
            co_return;
        });
        queue.runUntilIdle();
    };
    push();
    push();
    CHECK(runs == 2);
    ServiceId const forbidder = dm.createServiceManager<Forbidder<TestType>>();
    queue.runUntilIdle();
    push();
    CHECK(runs == 2);
    dm.removeService(forbidder);
    queue.runUntilIdle();
    push();
    CHECK(runs == 3);
    dm.quit();
    queue.runUntilIdle();
}
