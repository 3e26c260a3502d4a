// Graphs of up to a million services, wide and deep: how long each service takes to create, to start and to stop, and whether that grows
// with their number.

#include "../common/Suite.h"

#include <algorithm>
#include <fmt/format.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/NullLogger.h>

using namespace Ichor;

namespace {

using Benchmarks::Clock;

/// What the services of one run tell it. They run on one thread.
struct Watch {
    std::uint64_t expected = 0;
    std::uint64_t started = 0;
    Clock::time_point allStarted;
};
Watch watch;

/// The one that is last to start ends the program.
void started(IService &self) {
    if (++watch.started < watch.expected) return;
    watch.allStarted = Clock::now();
    self.getEventQueue().pushEvent<QuitEvent>(self.getServiceId());
}

struct IBase {
    virtual ~IBase() = default;
};
struct ILink {
    virtual ~ILink() = default;
};

class Base final : public IBase {
public:
    explicit Base(IService &self) { started(self); }
};

class Dependent final {
public:
    Dependent(IBase &, IService &self) { started(self); }
};

class Logging final {
public:
    Logging(ILogger &, IService &self) { started(self); }
};

/// Requires all of them.
class Collector final : public AdvancedService<Collector> {
public:
    Collector(DependencyRegister &reg, Properties properties) : AdvancedService(std::move(properties)) {
        reg.registerDependency<IBase>(this, DependencyFlags::REQUIRED | DependencyFlags::ALLOW_MULTIPLE);
    }

    void addDependencyInstance(IBase &, IService &) { ++_given; }
    void removeDependencyInstance(IBase &, IService &) { --_given; }

private:
    std::uint64_t _given = 0;
};

/// Requires the next link, which is made for it alone; the last link requires nothing.
class Link final : public ILink, public AdvancedService<Link> {
public:
    Link(DependencyRegister &reg, Properties properties) : AdvancedService(std::move(properties)) {
        if (getProperties().getOr<std::uint64_t>("Below", 0) > 0) reg.registerDependency<ILink>(this, DependencyFlags::REQUIRED);
    }

    void addDependencyInstance(ILink &, IService &) {}
    void removeDependencyInstance(ILink &, IService &) {}

private:
    Task<Expected<void, StartError>> start() override {
        started(*this);
        co_return {};
    }
};

class LinkMaker final {
public:
    LinkMaker(DependencyManager &dm, IService &self) : _dm(dm), _tracker(dm.registerDependencyTracker<ILink>(this, self)) {}

    void handleDependencyRequest(DependencyRequest<ILink> const &request) {
        auto const below = request.service.getProperties().getOr<std::uint64_t>("Below", 0);
        _dm.createServiceManager<Link, ILink>(Properties{{"Below", below - 1}}, OnlyFor{request.requester});
    }
    void handleDependencyUndoRequest(DependencyUndoRequest<ILink> const &) {}

private:
    DependencyManager &_dm;
    DependencyTrackerRegistration _tracker;
};

void createWide(DependencyManager &dm, std::uint64_t count) {
    dm.createServiceManager<Base, IBase>();
    for (std::uint64_t i = 1; i < count; ++i) dm.createServiceManager<Dependent>();
}

void createCollected(DependencyManager &dm, std::uint64_t count) {
    dm.createServiceManager<Collector>();
    for (std::uint64_t i = 0; i < count; ++i) dm.createServiceManager<Base, IBase>();
}

void createDeep(DependencyManager &dm, std::uint64_t count) {
    dm.createServiceManager<LinkMaker>();
    dm.createServiceManager<Link>(Properties{{"Below", count - 1}});
}

void createLogging(DependencyManager &dm, std::uint64_t count) {
    dm.createServiceManager<LoggerFactory<NullLogger>, ILoggerFactory>();
    for (std::uint64_t i = 0; i < count; ++i) dm.createServiceManager<Logging>();
}

Benchmarks::Measurement run(std::uint64_t count, void (*create)(DependencyManager &, std::uint64_t)) {
    watch = {.expected = count, .started = 0, .allStarted = {}};
    auto const begin = Clock::now();
    auto queue = std::make_unique<PriorityQueue>();
    create(queue->createManager(), count);
    auto const created = Clock::now();
    Benchmarks::require(queue->start() == 0, "the queue ended with an error");
    auto const stopped = Clock::now();
    Benchmarks::require(watch.started == count, "not all services have started");
    queue.reset();
    auto const took = Benchmarks::nanosecondsSince(begin);
    auto const each = [&](auto duration) {
        return std::chrono::duration<double, std::nano>(duration).count() / static_cast<double>(count);
    };
    return {.operations = count,
            .nanoseconds = took,
            .figures = {{"create_ns", each(created - begin)},
                        {"start_ns", each(watch.allStarted - created)},
                        {"stop_ns", each(stopped - watch.allStarted)},
                        {"destroy_ns", each(Clock::now() - stopped)}},
            .part = {}};
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite(
        {.name = "graph", .operation = "service", .defaultCount = 1'000'000, .memory = Benchmarks::Memory::KEPT_FOR_EACH}, argc, argv);
    // Ten times as many each time, and at last as many as were asked for.
    for (std::uint64_t size = 10'000; true; size *= 10) {
        std::uint64_t const count = std::min(size, suite.count());
        suite.measureOwn(fmt::format("wide {}", count), 1, [count] { return run(count, &createWide); });
        suite.measureOwn(fmt::format("collected {}", count), 1, [count] { return run(count, &createCollected); });
        suite.measureOwn(fmt::format("deep {}", count), 1, [count] { return run(count, &createDeep); });
        suite.measureOwn(fmt::format("with loggers {}", count), 1, [count] { return run(count, &createLogging); });
        if (count == suite.count()) break;
    }
    return suite.finish();
}
