// One provider for each who asks.

#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

using namespace Ichor;

namespace {

std::vector<std::string> lines; // whose, and what

class MyLogger final : public ILogger {
public:
    explicit MyLogger(Properties const &properties) : _owner(properties.getOr<std::string>("Owner", "nobody")) { ++alive; }
    ~MyLogger() override { --alive; }
    static inline int alive = 0;

private:
    void write(LogLevel, std::source_location const &, fmt::string_view format, fmt::format_args args) override {
        lines.push_back(_owner + ": " + fmt::vformat(format, args));
    }
    std::string _owner;
};

class MyLoggerFactory final {
public:
    MyLoggerFactory(DependencyManager &dm, IService &self) : _dm(dm) { _tracker = dm.registerDependencyTracker<ILogger>(this, self); }

    void handleDependencyRequest(DependencyRequest<ILogger> const &request) {
        std::string owner(request.service.getServiceName());
        if (request.properties != nullptr) owner += "/" + request.properties->getOr<std::string>("Channel", "");
        CHECK(request.service.getServiceId() == request.requester);
        _dm.createServiceManager<MyLogger, ILogger>(Properties{{"Owner", owner}}, OnlyFor{request.requester});
    }
    void handleDependencyUndoRequest(DependencyUndoRequest<ILogger> const &request) { undone.push_back(request.requester); }
    static inline std::vector<ServiceId> undone;

private:
    DependencyManager &_dm;
    DependencyTrackerRegistration _tracker;
};

class Plain final {
public:
    explicit Plain(ILogger &logger) { logger.info("I am here"); }
};

class WithProperties final : public AdvancedService<WithProperties> {
public:
    WithProperties(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<ILogger>(this, DependencyFlags::REQUIRED, Properties{{"Channel", std::string("audit")}});
    }
    void addDependencyInstance(ILogger &logger, IService &) { logger.info("so am I"); }
    void removeDependencyInstance(ILogger &, IService &) {}
};

} // namespace

TEST_CASE("API: a tracker makes a provider for each who asks, and hears when they go", "[api]") {
    lines.clear();
    MyLoggerFactory::undone.clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    ServiceId const early = dm.createServiceManager<Plain>(); // asks before there is a tracker
    queue.runUntilIdle();
    dm.createServiceManager<MyLoggerFactory>();
    ServiceId const late = dm.createServiceManager<WithProperties>();
    queue.runUntilIdle();

    CHECK_THAT(lines, Catch::UnorderedEquals(std::vector<std::string>{"Plain: I am here", "WithProperties/audit: so am I"}));
    CHECK(MyLogger::alive == 2);

    dm.removeService(early);
    queue.runUntilIdle();
    CHECK(MyLoggerFactory::undone == std::vector<ServiceId>{early});
    CHECK(MyLogger::alive == 1); // what was made for one goes with it
    CHECK(dm.getIService(late)->getServiceState() == ServiceState::ACTIVE);

    dm.quit();
    queue.runUntilIdle();
    CHECK(MyLogger::alive == 0);
}
