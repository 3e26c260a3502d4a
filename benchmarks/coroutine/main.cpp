// Two coroutines pass the turn five million times: one awaits an auto-reset event and then pushes another, new one that sets it.

#include "../common/Suite.h"

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/NullLogger.h>

using namespace Ichor;

namespace {

class Looper final : public AdvancedService<Looper> {
public:
    Looper(DependencyRegister &reg, Properties properties) : AdvancedService(std::move(properties)) {
        reg.registerDependency<ILogger>(this, DependencyFlags::REQUIRED);
    }

    void addDependencyInstance(ILogger &, IService &) {}
    void removeDependencyInstance(ILogger &, IService &) {}

private:
    Task<Expected<void, StartError>> start() override {
        getEventQueue().pushEvent<RunFunctionEventAsync>(getServiceId(), [this]() -> Task<void> { co_await loop(); });
        kick();
        co_return {};
    }

    Task<void> loop() {
        auto const count = getProperties().getOr<std::uint64_t>("Count", 0);
        for (std::uint64_t i = 0; i < count; ++i) {
            co_await _turn;
            kick();
        }
        getEventQueue().pushEvent<QuitEvent>(getServiceId());
    }

    void kick() {
        getEventQueue().pushEvent<RunFunctionEventAsync>(getServiceId(), [this]() -> Task<void> {
            _turn.set();
            co_return;
        });
    }

    AsyncAutoResetEvent _turn;
};

void run(std::uint64_t count) {
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<LoggerFactory<NullLogger>, ILoggerFactory>();
    dm.createServiceManager<Looper>(Properties{{"Count", count}});
    Benchmarks::require(queue.start() == 0, "the queue ended with an error");
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite({.name = "coroutine", .operation = "turn", .defaultCount = 5'000'000}, argc, argv);
    suite.measure("", suite.count(), [&] { run(suite.count()); });
    return suite.finish();
}
