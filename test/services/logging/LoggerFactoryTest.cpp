#include <ichor/DependencyManager.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/NullLogger.h>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace Ichor;

namespace {

std::vector<std::string> lines;
int loggersAlive = 0;

/// Keeps the lines in memory.
class MemoryLogger final : public ILogger {
public:
    explicit MemoryLogger(Properties const &properties) {
        LoggerConfig config = LoggerConfig::fromOrThrow(properties);
        setLogLevel(config.level);
        _serviceName = std::move(config.serviceName);
        ++loggersAlive;
    }
    MemoryLogger(MemoryLogger const &) = delete;
    MemoryLogger &operator=(MemoryLogger const &) = delete;
    ~MemoryLogger() override { --loggersAlive; }

private:
    void write(LogLevel level, std::source_location const &, fmt::string_view format, fmt::format_args args) override {
        lines.push_back(fmt::format("{} [{}] {}", toString(level), _serviceName, fmt::vformat(format, args)));
    }

    std::string _serviceName;
};

struct IHasLogger {
    virtual ~IHasLogger() = default;
    ILogger *logger = nullptr;
};

class Plain final : public IHasLogger {
public:
    explicit Plain(ILogger &injected) { logger = &injected; }
};

class Advanced final : public IHasLogger, public AdvancedService<Advanced> {
public:
    Advanced(DependencyRegister &reg, Properties properties) : AdvancedService(std::move(properties)) {
        reg.registerDependency<ILogger>(this, DependencyFlags::REQUIRED);
    }
    void addDependencyInstance(ILogger &injected, IService &) { logger = &injected; }
    void removeDependencyInstance(ILogger &, IService &) {
        if (logger != nullptr) logger->info("goodbye");
        logger = nullptr;
    }
};

class Fixture {
public:
    Fixture() : manager(queue.createManager()) { lines.clear(); }
    Fixture(Fixture const &) = delete;
    Fixture &operator=(Fixture const &) = delete;
    ~Fixture() {
        manager.quit();
        queue.runUntilIdle();
    }

    template <class L = MemoryLogger>
    ServiceId addFactory(Properties properties = {}) {
        ServiceId const id = manager.createServiceManager<LoggerFactory<L>, ILoggerFactory>(std::move(properties));
        queue.runUntilIdle();
        return id;
    }
    template <class T>
    ServiceId addUser(Properties properties = {}) {
        ServiceId const id = manager.createServiceManager<T, IHasLogger>(std::move(properties));
        queue.runUntilIdle();
        return id;
    }
    ILogger *loggerOf(ServiceId id) {
        auto *user = manager.getService<IHasLogger>(id);
        return user == nullptr ? nullptr : user->logger;
    }
    ServiceState stateOf(ServiceId id) { return manager.getIService(id)->getServiceState(); }

    VirtualTimeQueue queue;
    DependencyManager &manager;
};

} // namespace

TEMPLATE_TEST_CASE("LoggerFactory: each service is given a logger of its own, under its name", "[logging]", Plain, Advanced) {
    Fixture loop;
    loop.addFactory();
    ServiceId const first = loop.addUser<TestType>();
    ServiceId const second = loop.addUser<TestType>();
    REQUIRE(loop.loggerOf(first) != nullptr);
    REQUIRE(loop.loggerOf(second) != nullptr);
    CHECK(loop.loggerOf(first) != loop.loggerOf(second));

    loop.loggerOf(first)->info("{} and {}", 1, "two");
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines[0], Catch::StartsWith("info [") && Catch::EndsWith("] 1 and two"));
    CHECK_THAT(lines[0], Catch::Contains(std::string(loop.manager.getIService(first)->getServiceName())));
}

TEST_CASE("LoggerFactory: services that were there before the factory get theirs when it comes", "[logging]") {
    Fixture loop;
    ServiceId const user = loop.addUser<Plain>();
    CHECK(loop.stateOf(user) == ServiceState::INSTALLED);
    loop.addFactory();
    CHECK(loop.stateOf(user) == ServiceState::ACTIVE);
}

TEST_CASE("LoggerFactory: the level is the service's own, else the factory's, else info", "[logging]") {
    Fixture loop;
    SECTION("the factory says nothing") {
        loop.addFactory();
        CHECK(loop.loggerOf(loop.addUser<Plain>())->getLogLevel() == LogLevel::LOG_INFO);
    }
    SECTION("the factory's is a level") { loop.addFactory(Properties{{"DefaultLogLevel", LogLevel::LOG_WARN}}); }
    SECTION("the factory's is a name") { loop.addFactory(Properties{{"DefaultLogLevel", "warn"}}); }
    if (loop.manager.getServiceCount() == 1) {
        CHECK(loop.loggerOf(loop.addUser<Plain>())->getLogLevel() == LogLevel::LOG_WARN);
    }
    CHECK(loop.loggerOf(loop.addUser<Plain>(Properties{{"LogLevel", LogLevel::LOG_TRACE}}))->getLogLevel() == LogLevel::LOG_TRACE);
    CHECK(loop.loggerOf(loop.addUser<Advanced>(Properties{{"LogLevel", "error"}}))->getLogLevel() == LogLevel::LOG_ERROR);
}

TEST_CASE("LoggerFactory: a new default changes the loggers that have their level by default, and later ones", "[logging]") {
    Fixture loop;
    ServiceId const factoryId = loop.addFactory();
    auto *factory = loop.manager.getService<ILoggerFactory>(factoryId);
    REQUIRE(factory != nullptr);
    ServiceId const byDefault = loop.addUser<Plain>();
    ServiceId const own = loop.addUser<Plain>(Properties{{"LogLevel", LogLevel::LOG_WARN}});

    factory->setDefaultLogLevel(LogLevel::LOG_TRACE);
    CHECK(factory->getDefaultLogLevel() == LogLevel::LOG_TRACE);
    CHECK(loop.loggerOf(byDefault)->getLogLevel() == LogLevel::LOG_TRACE);
    CHECK(loop.loggerOf(own)->getLogLevel() == LogLevel::LOG_WARN);
    CHECK(loop.loggerOf(loop.addUser<Plain>())->getLogLevel() == LogLevel::LOG_TRACE);
}

TEST_CASE("LoggerFactory: a new default also reaches the loggers that wait for their turn to be built", "[logging]") {
    class LevelSetter final {
    public:
        explicit LevelSetter(ILoggerFactory &factory) { factory.setDefaultLogLevel(LogLevel::LOG_TRACE); }
    };
    Fixture loop;
    loop.manager.createServiceManager<LoggerFactory<MemoryLogger>, ILoggerFactory>();
    ServiceId const byDefault = loop.manager.createServiceManager<Plain, IHasLogger>();
    ServiceId const own = loop.manager.createServiceManager<Plain, IHasLogger>(Properties{{"LogLevel", LogLevel::LOG_WARN}});
    loop.manager.createServiceManager<LevelSetter>();
    loop.queue.runUntilIdle();
    CHECK(loop.loggerOf(byDefault)->getLogLevel() == LogLevel::LOG_TRACE);
    CHECK(loop.loggerOf(own)->getLogLevel() == LogLevel::LOG_WARN);
}

TEST_CASE("LoggerFactory: a service's wrong log level is explained as the reason why it waits", "[logging]") {
    Fixture loop;
    loop.addFactory();
    ServiceId const user = loop.addUser<Plain>(Properties{{"LogLevel", "loud"}});
    CHECK(loop.stateOf(user) == ServiceState::INSTALLED);
    CHECK_THAT(loop.manager.explain(user).toString(), Catch::Contains("property \"LogLevel\" is the text \"loud\""));
}

TEST_CASE("LoggerFactory: its own wrong level fails its start", "[logging]") {
    Fixture loop;
    ServiceId const factory = loop.addFactory(Properties{{"DefaultLogLevel", 7}});
    CHECK(loop.stateOf(factory) == ServiceState::INSTALLED);
    CHECK_THAT(loop.manager.explain(factory).toString(), Catch::Contains("property \"DefaultLogLevel\" is 7 (int), but a LogLevel"));
}

TEST_CASE("LoggerFactory: a logger goes with its service, which may use it to the last", "[logging]") {
    Fixture loop;
    loop.addFactory();
    std::size_t const before = loop.manager.getServiceCount();
    ServiceId const user = loop.addUser<Advanced>();
    ServiceId const other = loop.addUser<Plain>();
    CHECK(loggersAlive == 2);
    CHECK(loop.manager.getServiceCount() == before + 4);

    loop.manager.removeService(user);
    loop.queue.runUntilIdle();
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines[0], Catch::EndsWith("goodbye"));
    CHECK(loggersAlive == 1);
    CHECK(loop.manager.getServiceCount() == before + 2);
    CHECK(loop.loggerOf(other) != nullptr);
}

TEST_CASE("LoggerFactory: when it goes, so do its loggers and who requires one; with the next one they come back", "[logging]") {
    Fixture loop;
    ServiceId const factory = loop.addFactory();
    ServiceId const user = loop.addUser<Plain>();
    loop.manager.removeService(factory);
    loop.queue.runUntilIdle();
    CHECK(loggersAlive == 0);
    CHECK(loop.stateOf(user) == ServiceState::INSTALLED);
    CHECK(loop.manager.getServiceCount() == 1);

    loop.addFactory<NullLogger>();
    CHECK(loop.stateOf(user) == ServiceState::ACTIVE);
}

TEST_CASE("LoggerFactory: can be stopped and started again and again", "[logging]") {
    Fixture loop;
    ServiceId const factory = loop.addFactory();
    ServiceId const user = loop.addUser<Advanced>();
    for (int round = 0; round < 5; ++round) {
        loop.manager.stopService(factory);
        loop.queue.runUntilIdle();
        CHECK(loop.stateOf(user) == ServiceState::INSTALLED);
        CHECK(loggersAlive == 0);
        loop.manager.startService(factory);
        loop.queue.runUntilIdle();
        CHECK(loop.stateOf(user) == ServiceState::ACTIVE);
        CHECK(loggersAlive == 1);
    }
}

TEST_CASE("LoggerFactory: a service that is stopped and started keeps having a logger", "[logging]") {
    Fixture loop;
    loop.addFactory();
    ServiceId const user = loop.addUser<Plain>();
    std::size_t const count = loop.manager.getServiceCount();
    for (int round = 0; round < 5; ++round) {
        loop.manager.stopService(user);
        loop.queue.runUntilIdle();
        loop.manager.startService(user);
        loop.queue.runUntilIdle();
        CHECK(loop.loggerOf(user) != nullptr);
        CHECK(loop.manager.getServiceCount() == count);
    }
}

TEST_CASE("LoggerFactory: null loggers stay silent whatever they are told", "[logging]") {
    Fixture loop;
    ServiceId const factory = loop.addFactory<NullLogger>(Properties{{"DefaultLogLevel", LogLevel::LOG_TRACE}});
    ServiceId const user = loop.addUser<Plain>(Properties{{"LogLevel", LogLevel::LOG_TRACE}});
    ILogger *logger = loop.loggerOf(user);
    REQUIRE(logger != nullptr);
    loop.manager.getService<ILoggerFactory>(factory)->setDefaultLogLevel(LogLevel::LOG_TRACE);
    logger->setLogLevel(LogLevel::LOG_TRACE);
    CHECK(logger->getLogLevel() == LogLevel::LOG_NONE);
    CHECK_FALSE(logger->isEnabled(LogLevel::LOG_ERROR));
    logger->error("unheard {}", 1);
}
