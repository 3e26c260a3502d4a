// A service whose constructor or start() fails has not started, whatever it spawned or others asked for meanwhile.

#include <catch2/catch.hpp>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <stdexcept>
#include <string>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

int starts = 0;
int stops = 0;
int resumed = 0;
int ended = 0;

/// Counts coroutines that are resumed, and those whose frame goes.
Task<void> sleepLong() {
    struct Ended {
        ~Ended() { ++ended; }
    };
    Ended const note;
    try {
        co_await sleepFor(1h);
    } catch (Cancelled const &) {
        ++resumed;
        throw;
    }
    ++resumed;
}

class FailsToStart final : public AdvancedService<FailsToStart> {
public:
    FailsToStart(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
    static inline void (*beforeItFails)(DependencyManager &, ServiceId) = nullptr;

private:
    Task<Expected<void, StartError>> start() override {
        ++starts;
        try {
            co_await sleepFor(1ms);
        } catch (Cancelled const &) {}
        beforeItFails(getManager(), getServiceId());
        co_return fail("broken");
    }
    Task<void> stop() override {
        ++stops;
        co_return;
    }
};

ServiceId failing;

/// Its turn comes between the end of the other's start() and what the life cycle makes of that.
class AsksForItsStart final {
public:
    explicit AsksForItsStart(DependencyManager &dm) { dm.startService(failing); }
};

class SpawnsAndThrows final : public AdvancedService<SpawnsAndThrows> {
public:
    SpawnsAndThrows(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {
        spawn(sleepLong());
        throw std::runtime_error("not today");
    }
};

class PlainSpawnsAndThrows final {
public:
    explicit PlainSpawnsAndThrows(IService &self) : _name("long enough to be on the heap, so that a sanitizer sees it") {
        self.spawn(use());
        throw std::runtime_error("not today");
    }

private:
    Task<void> use() {
        co_await sleepLong();
        _name += '!';
    }
    std::string _name;
};

void clear() { starts = stops = resumed = ended = 0; }

} // namespace

TEST_CASE("Failed beginning: a start that has failed stays failed when somebody asks for it before it is looked at",
          "[dependency_management]") {
    clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    SECTION("asked to start") {
        FailsToStart::beforeItFails = [](DependencyManager &manager, ServiceId) { manager.createServiceManager<AsksForItsStart>(); };
        failing = dm.createServiceManager<FailsToStart>();
        queue.advance(1ms);
        CHECK(starts == 1);
    }
    SECTION("asked to stop and to start") {
        FailsToStart::beforeItFails = [](DependencyManager &manager, ServiceId self) {
            if (starts == 1) {
                manager.stopService(self);
                manager.createServiceManager<AsksForItsStart>();
            }
        };
        failing = dm.createServiceManager<FailsToStart>();
        queue.advance(10ms);
        CHECK(starts == 2);
    }
    CHECK(dm.getIService(failing)->getServiceState() == ServiceState::INSTALLED);
    CHECK(dm.explain(failing).toString().find("broken") != std::string::npos);
    dm.startService(failing);
    int const before = starts;
    queue.advance(10ms);
    CHECK(starts == before + 1);
    CHECK(stops == 0);
    dm.quit();
    CHECK_FALSE(queue.advance(1s));
    CHECK(stops == 0);
}

TEST_CASE("Failed beginning: what a constructor spawned before it threw ends without being resumed", "[dependency_management]") {
    clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    SECTION("of an advanced service") {
        CHECK_THROWS_WITH(dm.createServiceManager<SpawnsAndThrows>(), "not today");
        CHECK(dm.getServiceCount() == 0);
        CHECK(ended == 1);
    }
    SECTION("of a plain class") {
        ServiceId const id = dm.createServiceManager<PlainSpawnsAndThrows>();
        queue.runUntilIdle();
        CHECK(dm.getIService(id)->getServiceState() == ServiceState::INSTALLED);
        CHECK(dm.explain(id).toString().find("not today") != std::string::npos);
        CHECK(ended == 1);
        dm.startService(id); // as often as one likes
        queue.runUntilIdle();
        CHECK(ended == 2);
    }
    dm.quit();
    CHECK_FALSE(queue.advance(1s));
    CHECK(resumed == 0);
}

namespace {

struct IFood {
    virtual ~IFood() = default;
};
class Food final : public IFood {};

/// Does to itself what the test wants when it is given food for the first time.
class Fussy final : public AdvancedService<Fussy> {
public:
    Fussy(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IFood>(this, DependencyFlags::REQUIRED);
    }
    void addDependencyInstance(IFood &, IService &) {
        if (++meals == 1) {
            atFirstMeal(getManager(), getServiceId());
        }
    }
    void removeDependencyInstance(IFood &, IService &) {}
    static inline void (*atFirstMeal)(DependencyManager &, ServiceId) = nullptr;
    static inline int meals = 0;

private:
    Task<Expected<void, StartError>> start() override {
        ++starts;
        return {};
    }
    Task<void> stop() override {
        ++stops;
        return {};
    }
};

void refuse(DependencyManager &, ServiceId) { throw std::runtime_error("not that one"); }

/// Given the food before, it starts before the other's failure is looked at.
class Nurse final {
public:
    Nurse(IFood &, DependencyManager &dm) { help(dm, failing); }
    static inline void (*help)(DependencyManager &, ServiceId) = nullptr;
};

} // namespace

TEST_CASE("Failed beginning: an injection that has failed stays failed when a start is asked for before it is looked at",
          "[dependency_management]") {
    clear();
    Fussy::meals = 0;
    Fussy::atFirstMeal = refuse;
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Nurse>();
    failing = dm.createServiceManager<Fussy>();
    queue.runUntilIdle();
    SECTION("asked to start") {
        Nurse::help = [](DependencyManager &manager, ServiceId id) { manager.startService(id); };
        dm.createServiceManager<Food, IFood>();
        queue.runUntilIdle();
        CHECK(dm.getIService(failing)->getServiceState() == ServiceState::INSTALLED);
        CHECK(dm.explain(failing).toString().find("not that one") != std::string::npos);
        CHECK(Fussy::meals == 1);
        dm.startService(failing);
        queue.runUntilIdle();
    }
    SECTION("asked to stop and to start") {
        Nurse::help = [](DependencyManager &manager, ServiceId id) {
            manager.stopService(id);
            manager.startService(id);
        };
        dm.createServiceManager<Food, IFood>();
        queue.runUntilIdle();
    }
    CHECK(dm.getIService(failing)->getServiceState() == ServiceState::ACTIVE);
    CHECK(Fussy::meals == 2);
    CHECK(starts == 1);
    dm.quit();
    CHECK_FALSE(queue.advance(1s));
    CHECK(stops == 1);
}

TEST_CASE("Failed beginning: a service that stops or removes itself while it is injected is not started", "[dependency_management]") {
    clear();
    Fussy::meals = 0;
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Food, IFood>();
    queue.runUntilIdle();
    SECTION("stops, and is started later") {
        Fussy::atFirstMeal = [](DependencyManager &manager, ServiceId self) { manager.stopService(self); };
        ServiceId const id = dm.createServiceManager<Fussy>();
        queue.runUntilIdle();
        CHECK(dm.getIService(id)->getServiceState() == ServiceState::INSTALLED);
        CHECK(starts == 0);
        dm.startService(id);
        queue.runUntilIdle();
        CHECK(starts == 1);
    }
    SECTION("removes") {
        Fussy::atFirstMeal = [](DependencyManager &manager, ServiceId self) { manager.removeService(self); };
        ServiceId const id = dm.createServiceManager<Fussy>();
        queue.runUntilIdle();
        CHECK(dm.getIService(id) == nullptr);
        CHECK(starts == 0);
    }
    CHECK(stops == 0);
    dm.quit();
    CHECK_FALSE(queue.advance(1s));
    CHECK(stops == starts);
}
