// A service stops the one that it depends on, a million times: each round stops and starts both, with what was injected taken back and
// given again.

#include "../common/Suite.h"

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/NullLogger.h>

using namespace Ichor;

namespace {

struct ITarget {
    virtual ~ITarget() = default;
};

class Target final : public ITarget, public AdvancedService<Target> {
public:
    Target(DependencyRegister &reg, Properties properties) : AdvancedService(std::move(properties)) {
        reg.registerDependency<ILogger>(this, DependencyFlags::REQUIRED);
    }

    void addDependencyInstance(ILogger &, IService &) {}
    void removeDependencyInstance(ILogger &, IService &) {}
};

class Stopper final : public AdvancedService<Stopper> {
public:
    Stopper(DependencyRegister &reg, Properties properties) : AdvancedService(std::move(properties)) {
        reg.registerDependency<ILogger>(this, DependencyFlags::REQUIRED);
        reg.registerDependency<ITarget>(this, DependencyFlags::REQUIRED);
        _roundsLeft = getProperties().getOr<std::uint64_t>("Count", 0);
    }

    void addDependencyInstance(ILogger &, IService &) {}
    void removeDependencyInstance(ILogger &, IService &) {}
    void addDependencyInstance(ITarget &, IService &service) { _target = service.getServiceId(); }
    void removeDependencyInstance(ITarget &, IService &) {}

private:
    Task<Expected<void, StartError>> start() override {
        if (_roundsLeft == 0) {
            getEventQueue().pushEvent<QuitEvent>(getServiceId());
            co_return {};
        }
        getEventQueue().pushPrioritisedEvent<StopServiceEvent>(getServiceId(), Priority{100}, _target);
        co_return {};
    }

    Task<void> stop() override {
        if (_roundsLeft == 0) co_return;
        --_roundsLeft;
        getEventQueue().pushEvent<StartServiceEvent>(getServiceId(), _target);
    }

    std::uint64_t _roundsLeft = 0;
    ServiceId _target;
};

void run(std::uint64_t count) {
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<LoggerFactory<NullLogger>, ILoggerFactory>();
    dm.createServiceManager<Target, ITarget>();
    dm.createServiceManager<Stopper>(Properties{{"Count", count}});
    Benchmarks::require(queue.start() == 0, "the queue ended with an error");
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite({.name = "start_stop", .operation = "round", .defaultCount = 1'000'000}, argc, argv);
    suite.measure("", suite.count(), [&] { run(suite.count()); });
    return suite.finish();
}
