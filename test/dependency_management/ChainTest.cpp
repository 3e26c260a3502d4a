#include <catch2/catch.hpp>

#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct ILink {
    virtual ~ILink() = default;
};

int started = 0;
int stopped = 0;

/// A link of a chain, each one made for the link above it.
class ChainLink final : public ILink, public AdvancedService<ChainLink> {
public:
    ChainLink(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        if (!getProperties().contains("Last")) {
            reg.registerDependency<ILink>(this, DependencyFlags::REQUIRED);
        }
    }
    void addDependencyInstance(ILink &, IService &) {}
    void removeDependencyInstance(ILink &, IService &) {}

private:
    Task<Expected<void, StartError>> start() override {
        ++started;
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        ++stopped;
        co_return;
    }
};

struct Loop {
    ~Loop() {
        dm.quit();
        static_cast<void>(queue.runUntilIdle());
    }
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
};

} // namespace

TEST_CASE("Lifecycle: a chain of 100,000 services starts, stops and starts again without deep recursion", "[dependency_management]") {
    constexpr int LENGTH = 100'000;
    started = stopped = 0;
    {
        Loop loop;
        ServiceId above = loop.dm.createServiceManager<ChainLink>();
        for (int i = 1; i < LENGTH; ++i) {
            Properties props;
            if (i == LENGTH - 1) {
                props.insert_or_assign("Last", true);
            }
            above = loop.dm.createServiceManager<ChainLink, ILink>(std::move(props), OnlyFor{above});
        }
        loop.queue.runUntilIdle();
        CHECK(started == LENGTH);
        CHECK(loop.dm.stopService(above));
        loop.queue.runUntilIdle();
        CHECK(stopped == LENGTH);
        CHECK(loop.dm.startService(above));
        loop.queue.runUntilIdle();
        CHECK(started == 2 * LENGTH);
    }
    CHECK(stopped == 2 * LENGTH);
}
