// A service pushes five million events that nobody handles, then Quit: all of them wait at once, then each is dispatched.

#include "../common/Suite.h"

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/NullLogger.h>

using namespace Ichor;

namespace {

struct EmptyEvent final : EventOf<EmptyEvent> {};

class Pusher final : public AdvancedService<Pusher> {
public:
    Pusher(DependencyRegister &reg, Properties properties) : AdvancedService(std::move(properties)) {
        reg.registerDependency<ILogger>(this, DependencyFlags::REQUIRED);
    }

    void addDependencyInstance(ILogger &, IService &) {}
    void removeDependencyInstance(ILogger &, IService &) {}

private:
    Task<Expected<void, StartError>> start() override {
        auto const count = getProperties().getOr<std::uint64_t>("Count", 0);
        IEventQueue &queue = getEventQueue();
        ServiceId const self = getServiceId();
        for (std::uint64_t i = 0; i < count; ++i) queue.pushEvent<EmptyEvent>(self);
        Benchmarks::require(queue.size() >= count, "not all events wait at once");
        queue.pushEvent<QuitEvent>(self);
        co_return {};
    }
};

void run(std::uint64_t count) {
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<LoggerFactory<NullLogger>, ILoggerFactory>();
    dm.createServiceManager<Pusher>(Properties{{"Count", count}});
    Benchmarks::require(queue.start() == 0, "the queue ended with an error");
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite({.name = "event", .operation = "event", .defaultCount = 5'000'000, .memory = Benchmarks::Memory::KEPT_FOR_EACH},
                            argc, argv);
    suite.measure("", suite.count(), [&] { run(suite.count()); });
    return suite.finish();
}
