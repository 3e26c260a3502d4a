#include <catch2/catch.hpp>

#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <stdexcept>
#include <string>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> journal; // what the services of one test did, in order

struct IStore {
    virtual ~IStore() = default;
};
struct ICache {
    virtual ~ICache() = default;
};
struct IBank {
    virtual ~IBank() = default;
};

class Store final : public IStore {
public:
    Store() { journal.emplace_back("+store"); }
    ~Store() override { journal.emplace_back("-store"); }
};

class Cache final : public ICache, public AdvancedService<Cache> {
public:
    Cache(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IStore>(this, DependencyFlags::REQUIRED);
    }

private:
    Task<Expected<void, StartError>> start() override {
        journal.emplace_back("+cache");
        co_return {};
    }
    Task<void> stop() override {
        journal.emplace_back("-cache");
        co_return;
    }
    void addDependencyInstance(IStore &, IService &) { journal.emplace_back("inject"); }
    void removeDependencyInstance(IStore &, IService &) { journal.emplace_back("uninject"); }
    friend DependencyRegister;
};

class Billing final {
public:
    explicit Billing(ICache &) { journal.emplace_back("+billing"); }
    ~Billing() { journal.emplace_back("-billing"); }
};

class NeedsBank final {
public:
    NeedsBank(IBank &, ICache &) {}
};

class BrokenStore final : public IStore, public AdvancedService<BrokenStore> {
public:
    BrokenStore(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override { co_return fail("cannot open \"orders.db\": No such file or directory"); }
};

struct IFirst {
    virtual ~IFirst() = default;
};
struct ISecond {
    virtual ~ISecond() = default;
};
class First final : public IFirst {
public:
    explicit First(ISecond &) {}
};
class Second final : public ISecond {
public:
    explicit Second(IFirst &) {}
};

/// Waits in start() for something that never comes.
class Waits final : public AdvancedService<Waits> {
public:
    Waits(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override {
        spawn(sleepForEver());
        co_return {};
    }
    Task<void> stop() override {
        journal.emplace_back("stop");
        co_return;
    }
    Task<void> sleepForEver() {
        struct Farewell {
            ~Farewell() { journal.emplace_back("coroutine ends"); }
        } const farewell{};
        co_await _never;
    }
    AsyncManualResetEvent _never;
};

struct Fixture {
    Fixture() { journal.clear(); }
    ~Fixture() {
        dm.quit();
        static_cast<void>(queue.runUntilIdle());
    }
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
};

using Journal = std::vector<std::string>;

} // namespace

TEST_CASE("Lifecycle: services start after what they require and stop before it", "[dependency_management]") {
    {
        Fixture f;
        f.dm.createServiceManager<Billing>();
        f.dm.createServiceManager<Cache, ICache>();
        f.dm.createServiceManager<Store, IStore>();
        f.queue.runUntilIdle();
        CHECK(journal == Journal{"+store", "inject", "+cache", "+billing"});
        journal.clear();
    }
    CHECK(journal == Journal{"-billing", "-cache", "uninject", "-store"});
}

TEST_CASE("Lifecycle: a required provider that goes takes its dependents down, and they come back with the next",
          "[dependency_management]") {
    Fixture f;
    ServiceId const store = f.dm.createServiceManager<Store, IStore>();
    ServiceId const cache = f.dm.createServiceManager<Cache, ICache>();
    f.queue.runUntilIdle();
    journal.clear();
    CHECK(f.dm.removeService(store));
    f.queue.runUntilIdle();
    CHECK(journal == Journal{"-cache", "uninject", "-store"});
    CHECK(f.dm.getIService(cache)->getServiceState() == ServiceState::INSTALLED);
    CHECK(f.dm.getIService(store) == nullptr);
    f.dm.createServiceManager<Store, IStore>();
    f.queue.runUntilIdle();
    CHECK(f.dm.getIService(cache)->getServiceState() == ServiceState::ACTIVE);
}

TEST_CASE("Lifecycle: stopping and starting again calls stop once for each start", "[dependency_management]") {
    Fixture f;
    f.dm.createServiceManager<Store, IStore>();
    ServiceId const cache = f.dm.createServiceManager<Cache, ICache>();
    f.queue.runUntilIdle();
    journal.clear();
    f.queue.pushEvent<StopServiceEvent>(ServiceId{}, cache);
    f.queue.pushEvent<StartServiceEvent>(ServiceId{}, cache);
    f.queue.runUntilIdle();
    CHECK(journal == Journal{"-cache", "uninject", "inject", "+cache"});
}

TEST_CASE("Lifecycle: a start that fails leaves the service INSTALLED with the error kept", "[dependency_management]") {
    Fixture f;
    ServiceId const store = f.dm.createServiceManager<BrokenStore, IStore>();
    f.queue.runUntilIdle();
    CHECK(f.dm.getIService(store)->getServiceState() == ServiceState::INSTALLED);
    CHECK(f.dm.explain(store).toString() == "BrokenStore #" + std::to_string(store.value) +
                                                " is INSTALLED. It failed to start: cannot open \"orders.db\": No such file or directory");
}

TEST_CASE("Explain: names what is missing, down to the service that failed", "[dependency_management]") {
    Fixture f;
    ServiceId const bank = f.dm.createServiceManager<NeedsBank>();
    ServiceId const cache = f.dm.createServiceManager<Cache, ICache>();
    ServiceId const store = f.dm.createServiceManager<BrokenStore, IStore>();
    f.queue.runUntilIdle();
    auto const number = [](ServiceId id) { return "#" + std::to_string(id.value); };
    CHECK(f.dm.explain(bank).toString() == "NeedsBank " + number(bank) + " is INSTALLED. It waits for\n" +
                                               "  IBank (required): nobody provides it\n" + "  ICache (required): Cache " + number(cache) +
                                               " would, but is INSTALLED. It waits for\n" + "    IStore (required): BrokenStore " +
                                               number(store) + " failed to start: cannot open \"orders.db\": No such file or directory");
    CHECK(f.dm.explain(ServiceId{987654321}).toString() == "There is no service #987654321.");
}

TEST_CASE("Explain: names the services along a cycle", "[dependency_management]") {
    Fixture f;
    ServiceId const first = f.dm.createServiceManager<First, IFirst>();
    f.dm.createServiceManager<Second, ISecond>();
    f.queue.runUntilIdle();
    CHECK(f.dm.explain(first).toString().find("that is a cycle: First #") != std::string::npos);
}

TEST_CASE("Lifecycle: a service's coroutines end before its stop", "[dependency_management]") {
    Fixture f;
    ServiceId const waits = f.dm.createServiceManager<Waits>();
    f.queue.runUntilIdle();
    f.dm.stopService(waits);
    f.queue.runUntilIdle();
    CHECK(journal == Journal{"coroutine ends", "stop"});
}

TEST_CASE("Graph: is written as DOT and as JSON", "[dependency_management]") {
    Fixture f;
    f.dm.createServiceManager<Store, IStore>();
    f.dm.createServiceManager<Cache, ICache>();
    f.queue.runUntilIdle();
    ServiceGraph const graph = f.dm.graph();
    CHECK(graph.nodes.size() == 2);
    CHECK(graph.edges.size() == 1);
    CHECK(graph.toDot().find("-> s") != std::string::npos);
    CHECK(graph.toJson().find("\"interface\":\"IStore\"") != std::string::npos);
}

namespace {

class Link final : public AdvancedService<Link> {
public:
    Link(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
};

struct Order final : EventOf<Order> {
    explicit Order(int of) : number(of) {}
    int number;
};

class Watcher final : public AdvancedService<Watcher> {
public:
    Watcher(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
    int handled = 0;
    int completed = 0;
    int failed = 0;
    int before = 0;
    int after = 0;

    void handleEvent(Order const &order) {
        ++handled;
        if (order.number == 13) {
            throw std::runtime_error("unlucky");
        }
    }
    bool preInterceptEvent(Order const &order) {
        ++before;
        return order.number != 7;
    }
    void postInterceptEvent(Order const &, bool) { ++after; }
    void handleCompletion(Order const &) { ++completed; }
    void handleError(Order const &, EventError const &error) {
        ++failed;
        CHECK(error.message == "unlucky");
    }

private:
    Task<Expected<void, StartError>> start() override {
        _handler = getManager().registerEventHandler<Order>(this, *this);
        _interceptor = getManager().registerEventInterceptor<Order>(this, *this);
        _callbacks = getManager().registerEventCompletionCallbacks<Order>(this, *this);
        co_return {};
    }
    EventHandlerRegistration _handler;
    EventInterceptorRegistration _interceptor;
    EventCompletionHandlerRegistration _callbacks;
};

} // namespace

TEST_CASE("Events: are intercepted, handled, and their end is reported to who pushed them", "[dependency_management]") {
    Fixture f;
    ServiceHandle const handle = f.dm.createServiceManager<Watcher>();
    f.queue.runUntilIdle();
    auto &watcher = static_cast<Watcher &>(static_cast<Detail::AdvancedServiceBase &>(*handle));
    for (int const number : {1, 7, 13}) {
        f.queue.pushEvent<Order>(handle.getServiceId(), number);
    }
    f.queue.runUntilIdle();
    CHECK(watcher.before == 3);
    CHECK(watcher.after == 3);
    CHECK(watcher.handled == 2);
    CHECK(watcher.completed == 1);
    CHECK(watcher.failed == 1);
}

TEST_CASE("Lifecycle: a service may remove itself from inside a function that it pushed", "[dependency_management]") {
    Fixture f;
    ServiceId const link = f.dm.createServiceManager<Link>();
    f.queue.runUntilIdle();
    int ran = 0;
    f.queue.pushEvent<RunFunctionEvent>(link, [&](DependencyManager &dm) {
        ++ran;
        dm.removeService(link);
    });
    f.queue.pushEvent<RunFunctionEvent>(link, [&] { ++ran; });
    f.queue.runUntilIdle();
    CHECK(ran == 1); // what a service pushed is dropped once it has gone
    CHECK(f.dm.getServiceCount() == 0);
}
