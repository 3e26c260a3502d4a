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
