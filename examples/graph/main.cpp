// Prints the graph of its running services. To see it: ichor_graph_example | dot -Tsvg > graph.svg

#include <cstdio>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/NullLogger.h>
#include <ichor/services/timer/TimerFactory.h>

using namespace Ichor;

namespace {

struct IStore {
    virtual ~IStore() = default;
};
struct IMetrics {
    virtual ~IMetrics() = default;
};
struct ICache {
    virtual ~ICache() = default;
};
struct IOrders {
    virtual ~IOrders() = default;
};
struct IBilling {
    virtual ~IBilling() = default;
};
struct IBank {
    virtual ~IBank() = default;
};

class MemoryStore final : public IStore {};

/// Fails to start, which keeps nobody from running that has another store.
class FileStore final : public IStore, public AdvancedService<FileStore> {
public:
    FileStore(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override { co_return fail("cannot open orders.db"); }
};

/// Takes as many stores as there are, and would like to have metrics.
class Cache final : public ICache, public AdvancedService<Cache> {
public:
    Cache(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<ILogger>(this, DependencyFlags::REQUIRED);
        reg.registerDependency<IStore>(this, DependencyFlags::REQUIRED | DependencyFlags::ALLOW_MULTIPLE);
        reg.registerDependency<IMetrics>(this, DependencyFlags::NONE);
    }

private:
    void addDependencyInstance(ILogger &, IService &) {}
    void removeDependencyInstance(ILogger &, IService &) {}
    void addDependencyInstance(IStore &, IService &) {}
    void removeDependencyInstance(IStore &, IService &) {}
    void addDependencyInstance(IMetrics &, IService &) {}
    void removeDependencyInstance(IMetrics &, IService &) {}
    friend DependencyRegister;
};

class Orders final : public IOrders {
public:
    Orders(ICache &, ITimerFactory &, ILogger &) {}
};

/// Waits for a bank, which nobody provides.
class Billing final : public IBilling {
public:
    Billing(IOrders &, IBank &) {}
};

/// Waits for billing.
class Reports final {
public:
    explicit Reports(IBilling &) {}
};

} // namespace

int main() {
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<LoggerFactory<NullLogger>, ILoggerFactory>();
    dm.createServiceManager<TimerFactory, ITimerFactory>();
    dm.createServiceManager<MemoryStore, IStore>();
    dm.createServiceManager<FileStore, IStore>();
    dm.createServiceManager<Cache, ICache>();
    dm.createServiceManager<Orders, IOrders>();
    dm.createServiceManager<Billing, IBilling>();
    dm.createServiceManager<Reports>();
    // At a priority so low that all services that can be started have been.
    queue.pushPrioritisedEvent<RunFunctionEvent>(ServiceId{}, Priority{10'000}, [&dm] {
        std::fputs(dm.graph().toDot().c_str(), stdout);
        dm.quit();
    });
    return queue.start(CaptureSigInt);
}
