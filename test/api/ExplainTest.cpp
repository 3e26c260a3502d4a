// The manager says why a service does not run, and who depends on whom.

#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>

using namespace Ichor;

namespace {

struct IBank {
    virtual ~IBank() = default;
};
struct ICache {
    virtual ~ICache() = default;
};
struct IStore {
    virtual ~IStore() = default;
};

class Billing final {
public:
    Billing(IBank &, ICache &) {}
};

class Cache final : public ICache, public AdvancedService<Cache> {
public:
    Cache(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IStore>(this, DependencyFlags::REQUIRED | DependencyFlags::ALLOW_MULTIPLE);
    }
    void addDependencyInstance(IStore &, IService &) {}
    void removeDependencyInstance(IStore &, IService &) {}
};

class FileStore final : public IStore, public AdvancedService<FileStore> {
public:
    FileStore(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override { co_return fail("cannot open \"orders.db\": No such file or directory"); }
};

class MemoryStore final : public IStore {};

struct Fixture {
    Fixture() { queue.runUntilIdle(); }
    ~Fixture() {
        dm.quit();
        queue.runUntilIdle();
    }
    Fixture(Fixture const &) = delete;
    Fixture &operator=(Fixture const &) = delete;

    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    ServiceId cache = dm.createServiceManager<Cache, ICache>();
    ServiceId store = dm.createServiceManager<FileStore, IStore>();
    ServiceId billing = dm.createServiceManager<Billing>();
};

} // namespace

TEST_CASE("API: explain says what a service waits for, down to what failed", "[api]") {
    Fixture f;
    DependencyManager &dm = f.dm;
    ServiceId const serviceId = f.billing;
    std::string why = dm.explain(serviceId).toString();
    CHECK(why == fmt::format(R"(Billing #{} is INSTALLED. It waits for
  IBank (required): nobody provides it
  ICache (required): Cache #{} would, but is INSTALLED. It waits for
    IStore (required, several): FileStore #{} failed to start: cannot open "orders.db": No such file or directory)",
                             f.billing.value, f.cache.value, f.store.value));
}

TEST_CASE("API: explain of all tells of each service that waits or failed", "[api]") {
    Fixture f;
    std::string const why = f.dm.explain().toString();
    CHECK_THAT(why, Catch::Contains(fmt::format("Billing #{} is INSTALLED.", f.billing.value)));
    CHECK_THAT(why, Catch::Contains(fmt::format("Cache #{} is INSTALLED.", f.cache.value)));
    CHECK_THAT(why, Catch::Contains(fmt::format("FileStore #{} is INSTALLED. It failed to start: cannot open", f.store.value)));
}

TEST_CASE("API: an explanation is written as JSON", "[api]") {
    Fixture f;
    CHECK_THAT(f.dm.explain(f.store).toJson(),
               Catch::StartsWith(fmt::format(R"([{{"id":{},"name":"FileStore","state":"INSTALLED","reason":"failed","error":"cannot open )",
                                             f.store.value)) &&
                   Catch::Contains(R"(\"orders.db\")"));
    CHECK_THAT(f.dm.explain(f.billing).toJson(), Catch::Contains(R"("interface":"IBank","required":true,"several":false,"candidates":[])"));
}

TEST_CASE("API: the graph is written as DOT and as JSON", "[api]") {
    Fixture f;
    DependencyManager &dm = f.dm;
    std::string dot = dm.graph().toDot();
    CHECK_THAT(dot, Catch::StartsWith("digraph ") && Catch::EndsWith("}\n"));
    CHECK_THAT(dot, Catch::Contains(fmt::format("s{} -> s{} [label=\"ICache\", style=solid, color=red", f.billing.value, f.cache.value)));
    CHECK_THAT(dot, Catch::Contains("label=\"IBank\"")); // what nobody provides is drawn too
    CHECK_THAT(dm.graph().toJson(),
               Catch::Contains(fmt::format(R"("dependent":{},"provider":{},"interface":"ICache")", f.billing.value, f.cache.value)));
}

TEST_CASE("API: the graph tells what is in use from what is missing and who would provide it", "[api]") {
    Fixture f;
    auto const edgeTo = [&f](ServiceId provider) {
        for (ServiceGraph::Edge const &edge : f.dm.graph().edges) {
            if (edge.provider == provider) return edge;
        }
        return ServiceGraph::Edge{};
    };
    CHECK(edgeTo(f.cache).dependent == f.billing);
    CHECK_FALSE(edgeTo(f.cache).isInUse);
    CHECK(edgeTo(ServiceId{}).interface == "IBank");
    CHECK_FALSE(edgeTo(ServiceId{}).isInUse);

    ServiceId const other = f.dm.createServiceManager<MemoryStore, IStore>();
    f.queue.runUntilIdle();
    CHECK(edgeTo(other).dependent == f.cache);
    CHECK(edgeTo(other).isInUse);
    CHECK_FALSE(edgeTo(f.store).dependent.isValid()); // not in use, and not missed
    CHECK(edgeTo(f.cache).isInUse);                   // billing has its cache now, and waits for the bank alone
}
