// A service with a life of its own, and what a manager offers about services.

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/VirtualTimeQueue.h>

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <thread>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

using Journal = std::vector<std::string>;
Journal journal; // what the services of one test did, in order

struct IStore {
    virtual ~IStore() = default;
};
struct IMetrics {
    virtual ~IMetrics() = default;
};
struct ICache {
    virtual ~ICache() = default;
    [[nodiscard]] virtual std::size_t storeCount() const = 0;
    [[nodiscard]] virtual bool hasMetrics() const = 0;
};

class Store final : public IStore {};
class Metrics final : public IMetrics {};
class Logger final : public ILogger {
    void write(LogLevel, std::source_location const &, fmt::string_view, fmt::format_args) override {}
};

class Cache final : public ICache, public AdvancedService<Cache> {
public:
    Cache(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<ILogger>(this, DependencyFlags::REQUIRED);
        reg.registerDependency<IStore>(this, DependencyFlags::REQUIRED | DependencyFlags::ALLOW_MULTIPLE);
        reg.registerDependency<IMetrics>(this, DependencyFlags::NONE);
    }

    [[nodiscard]] std::size_t storeCount() const override { return _stores.size(); }
    [[nodiscard]] bool hasMetrics() const override { return _metrics != nullptr; }

private:
    Task<Expected<void, StartError>> start() override { co_return co_await load(); }
    Task<void> stop() override { co_await flush(); }

    void addDependencyInstance(IStore &store, IService &isvc) { _stores.emplace(isvc.getServiceId(), &store); }
    void removeDependencyInstance(IStore &, IService &isvc) { _stores.erase(isvc.getServiceId()); }
    void addDependencyInstance(ILogger &logger, IService &) { _logger = &logger; }
    void removeDependencyInstance(ILogger &, IService &) { _logger = nullptr; }
    void addDependencyInstance(IMetrics &metrics, IService &) { _metrics = &metrics; }
    void removeDependencyInstance(IMetrics &, IService &) { _metrics = nullptr; }
    friend DependencyRegister;

    Task<Expected<void, StartError>> load() {
        CHECK(_logger != nullptr);
        CHECK_FALSE(_stores.empty());
        CHECK(getServiceState() == ServiceState::STARTING);
        co_await yieldNow();
        journal.emplace_back("load");
        if (getProperties().getOr<bool>("Fails", false)) co_return fail("nothing to load");
        co_return Expected<void, StartError>{};
    }
    Task<void> flush() {
        CHECK(_logger != nullptr);
        CHECK_FALSE(_stores.empty());
        co_await yieldNow();
        journal.emplace_back("flush");
    }

    std::map<ServiceId, IStore *> _stores;
    ILogger *_logger{nullptr};
    IMetrics *_metrics{nullptr};
};

struct Fixture {
    Fixture() {
        journal.clear();
        dm.createServiceManager<Logger, ILogger>();
    }
    ~Fixture() {
        dm.quit();
        queue.runUntilIdle();
    }
    Fixture(Fixture const &) = delete;
    Fixture &operator=(Fixture const &) = delete;

    [[nodiscard]] ServiceState stateOf(ServiceId id) const { return dm.getIService(id)->getServiceState(); }

    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
};

} // namespace

TEST_CASE("API: an advanced service starts with what it requires, several and optional ones come and go", "[api]") {
    Fixture f;
    ServiceId const cache = f.dm.createServiceManager<Cache, ICache>();
    f.queue.runUntilIdle();
    CHECK(f.stateOf(cache) == ServiceState::INSTALLED);

    ServiceId const first = f.dm.createServiceManager<Store, IStore>();
    f.queue.runUntilIdle();
    REQUIRE(f.stateOf(cache) == ServiceState::ACTIVE);
    auto *const service = f.dm.getService<ICache>(cache);
    REQUIRE(service != nullptr);
    CHECK(service->storeCount() == 1);
    CHECK_FALSE(service->hasMetrics());

    ServiceId const second = f.dm.createServiceManager<Store, IStore>();
    ServiceId const metrics = f.dm.createServiceManager<Metrics, IMetrics>();
    f.queue.runUntilIdle();
    CHECK(service->storeCount() == 2);
    CHECK(service->hasMetrics());

    f.dm.removeService(metrics);
    f.dm.removeService(first);
    f.queue.runUntilIdle();
    CHECK_FALSE(service->hasMetrics());
    CHECK(service->storeCount() == 1);
    CHECK(f.stateOf(cache) == ServiceState::ACTIVE);
    CHECK(journal == Journal{"load"});

    f.dm.removeService(second);
    f.queue.runUntilIdle();
    CHECK(f.stateOf(cache) == ServiceState::INSTALLED);
    CHECK(journal == Journal{"load", "flush"});
}

TEST_CASE("API: every service knows its id, name, state, priority, properties and manager", "[api]") {
    Fixture f;
    f.dm.createServiceManager<Store, IStore>();
    auto const cache = f.dm.createServiceManager<Cache, ICache>(Properties{{"Size", 8}}, Priority{7});
    auto const other = f.dm.createServiceManager<Store, IStore>();
    f.queue.runUntilIdle();
    IService const &service = *cache;
    CHECK(service.getServiceId() == cache.getServiceId());
    CHECK(service.getServiceGid() != other->getServiceGid());
    CHECK(service.getServiceName() == "Cache");
    CHECK(service.getServiceState() == ServiceState::ACTIVE);
    CHECK(service.getServicePriority() == Priority{7});
    CHECK(service.getProperties().get<int>("Size") == 8);
    CHECK(&service.getManager() == &f.dm);
}

TEST_CASE("API: the manager lists services by interface, and all of them", "[api]") {
    Fixture f;
    ServiceId const cache = f.dm.createServiceManager<Cache, ICache>();
    f.queue.runUntilIdle();
    CHECK(f.dm.getStartedServices<ICache>().empty());
    CHECK(f.dm.getAllServicesOfType<ICache>().size() == 1);
    f.dm.createServiceManager<Store, IStore>();
    f.queue.runUntilIdle();
    CHECK(f.dm.getStartedServices<ICache>() == std::vector<ICache *>{f.dm.getService<ICache>(cache)});
    CHECK(f.dm.getService<IMetrics>(cache) == nullptr);

    CHECK(f.dm.getServiceCount() == 3);
    std::vector<std::string> names;
    for (auto const &[id, service] : f.dm.getServiceInfo()) {
        CHECK(service->getServiceId() == id);
        names.emplace_back(service->getServiceName());
    }
    CHECK_THAT(names, Catch::UnorderedEquals(std::vector<std::string>{"Logger", "Cache", "Store"}));
}

TEST_CASE("API: services are stopped, started and removed by a call, and waited for", "[api]") {
    Fixture f;
    f.dm.createServiceManager<Store, IStore>();
    ServiceId const cache = f.dm.createServiceManager<Cache, ICache>();
    Journal seen;
    f.queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [cache, &seen](DependencyManager &dm) -> Task<void> {
        Expected<void, StartError> const started = co_await dm.waitForStarted(cache);
        seen.emplace_back(started ? "started" : "not started");
        CHECK(dm.stopService(cache));
        Expected<void, Cancelled> const stopped = co_await dm.waitForStopped(cache);
        seen.emplace_back(stopped ? "stopped" : "not stopped");
        CHECK(dm.startService(cache));
        auto const again = co_await dm.waitForStarted(cache);
        seen.emplace_back(again ? "started" : "not started");
        CHECK(dm.removeService(cache));
        co_await dm.waitForStopped(cache);
        seen.emplace_back(dm.getIService(cache) == nullptr ? "removed" : "still there");
        CHECK_FALSE(dm.startService(cache));
    });
    f.queue.runUntilIdle();
    CHECK(seen == Journal{"started", "stopped", "started", "removed"});
    CHECK(journal == Journal{"load", "flush", "load", "flush"});
}

TEST_CASE("API: who waits for a service that fails to start hears why", "[api]") {
    Fixture f;
    f.dm.createServiceManager<Store, IStore>();
    ServiceId const cache = f.dm.createServiceManager<Cache, ICache>(Properties{{"Fails", true}});
    std::string why;
    f.queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [cache, &why](DependencyManager &dm) -> Task<void> {
        auto const started = co_await dm.waitForStarted(cache);
        if (!started) why = started.error().message();
    });
    f.queue.runUntilIdle();
    CHECK(why == "nothing to load");
    CHECK(f.stateOf(cache) == ServiceState::INSTALLED);
}

TEST_CASE("API: waiting for a service can have a timeout, and be joined with other waiting", "[api]") {
    Fixture f;
    ServiceId const cache = f.dm.createServiceManager<Cache, ICache>(); // nobody provides its store
    Journal seen;
    f.queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [cache, &seen](DependencyManager &dm) -> Task<void> {
        Expected<Expected<void, StartError>, Cancelled> const late = co_await withTimeout(1s, dm.waitForStarted(cache));
        seen.emplace_back(late ? "in time" : "too late");
        dm.createServiceManager<Store, IStore>();
        auto const [inTime, once] = co_await whenAll(withTimeout(1s, dm.waitForStarted(cache)), dm.waitForStarted(cache));
        seen.emplace_back(inTime && *inTime && once ? "started" : "not started");
        auto const running = co_await withTimeout(1s, dm.waitForStopped(cache));
        seen.emplace_back(running ? "stopped" : "not stopped");
    });
    f.queue.advance(10s);
    CHECK(seen == Journal{"too late", "started", "not stopped"});
}

TEST_CASE("API: services are stopped, started and removed by events from another thread", "[api]") {
    Fixture f;
    f.dm.createServiceManager<Store, IStore>();
    ServiceId const cache = f.dm.createServiceManager<Cache, ICache>();
    f.queue.runUntilIdle();
    REQUIRE(f.stateOf(cache) == ServiceState::ACTIVE);
    std::thread{[&] { f.queue.pushEvent<StopServiceEvent>(ServiceId{}, cache); }}.join();
    f.queue.runUntilIdle();
    CHECK(f.stateOf(cache) == ServiceState::INSTALLED);
    std::thread{[&] { f.queue.pushEvent<StartServiceEvent>(ServiceId{}, cache); }}.join();
    f.queue.runUntilIdle();
    CHECK(f.stateOf(cache) == ServiceState::ACTIVE);
    std::thread{[&] { f.queue.pushEvent<RemoveServiceEvent>(ServiceId{}, cache); }}.join();
    f.queue.runUntilIdle();
    CHECK(f.dm.getIService(cache) == nullptr);
}
