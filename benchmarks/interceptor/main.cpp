// Two million events to one handler, with 0, 1 and 10 interceptors of their type before and after it.

#include "../common/Suite.h"

#include <fmt/format.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <vector>

using namespace Ichor;

namespace {

struct Numbered final : EventOf<Numbered> {
    explicit Numbered(std::uint64_t value) : number(value) {}
    std::uint64_t number;
};

/// What the services of one run have counted. They run on one thread.
struct Tally {
    std::uint64_t handled = 0;
    std::uint64_t intercepted = 0;
};
Tally tally;

class Interceptor final {
public:
    Interceptor(DependencyManager &dm, IService &self) : _registration(dm.registerEventInterceptor<Numbered>(this, self)) {}

    bool preInterceptEvent(Numbered const &) { return true; }
    void postInterceptEvent(Numbered const &, bool) { ++tally.intercepted; }

private:
    EventInterceptorRegistration _registration;
};

class Handler final {
public:
    Handler(DependencyManager &dm, IEventQueue &queue, IService &self) : _registration(dm.registerEventHandler<Numbered>(this, self)) {
        auto const count = self.getProperties().getOr<std::uint64_t>("Count", 0);
        for (std::uint64_t i = 0; i < count; ++i) queue.pushEvent<Numbered>(self.getServiceId(), i);
        queue.pushEvent<QuitEvent>(self.getServiceId());
    }

    void handleEvent(Numbered const &) { ++tally.handled; }

private:
    EventHandlerRegistration _registration;
};

void run(std::uint64_t count, std::uint64_t interceptors) {
    tally = {};
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    for (std::uint64_t i = 0; i < interceptors; ++i) dm.createServiceManager<Interceptor>();
    dm.createServiceManager<Handler>(Properties{{"Count", count}});
    Benchmarks::require(queue.start() == 0, "the queue ended with an error");
    Benchmarks::require(tally.handled == count && tally.intercepted == count * interceptors, "not all events were handled");
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite({.name = "interceptor", .operation = "event", .defaultCount = 2'000'000}, argc, argv);
    for (std::uint64_t interceptors : {0U, 1U, 10U}) {
        suite.measureSingle(fmt::format("{}", interceptors), suite.count(), [&] { run(suite.count(), interceptors); });
    }
    return suite.finish();
}
