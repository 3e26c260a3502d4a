// Ten thousand services, each with two properties and a logger of its own, are created and started; the last one quits. Once with
// services that have a life of their own ("advanced"), once with plain classes ("constructor").

#include "../common/Suite.h"

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/NullLogger.h>

using namespace Ichor;

namespace {

/// What the services of one thread have in common.
struct Tally {
    std::uint64_t count = 0;
    std::uint64_t started = 0;
};
thread_local Tally tally;

void started(IService &self) {
    ++tally.started;
    if (self.getProperties().getOr<std::uint64_t>("Iteration", 0) == tally.count - 1) {
        self.getEventQueue().pushEvent<QuitEvent>(self.getServiceId());
    }
}

class Advanced final : public AdvancedService<Advanced> {
public:
    Advanced(DependencyRegister &reg, Properties properties) : AdvancedService(std::move(properties)) {
        reg.registerDependency<ILogger>(this, DependencyFlags::REQUIRED);
    }

    void addDependencyInstance(ILogger &logger, IService &) { _logger = &logger; }
    void removeDependencyInstance(ILogger &, IService &) { _logger = nullptr; }

private:
    Task<Expected<void, StartError>> start() override {
        started(*this);
        co_return {};
    }

    ILogger *_logger = nullptr;
};

class Constructor final {
public:
    Constructor(ILogger &logger, IService &self) : _logger(logger) { started(self); }

    [[nodiscard]] ILogger &logger() const noexcept { return _logger; }

private:
    ILogger &_logger;
};

template <typename Service>
void run(std::uint64_t count) {
    tally = {.count = count};
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<LoggerFactory<NullLogger>, ILoggerFactory>();
    for (std::uint64_t i = 0; i < count; ++i) {
        dm.createServiceManager<Service>(Properties{{"Iteration", i}, {"LogLevel", LogLevel::LOG_WARN}});
    }
    Benchmarks::require(queue.start() == 0, "the queue ended with an error");
    Benchmarks::require(tally.started == count, "not all services have started");
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite({.name = "start", .operation = "service", .defaultCount = 10'000, .memory = Benchmarks::Memory::KEPT_FOR_EACH},
                            argc, argv);
    suite.measure("advanced", suite.count(), [&] { run<Advanced>(suite.count()); });
    suite.measure("constructor", suite.count(), [&] { run<Constructor>(suite.count()); });
    return suite.finish();
}
