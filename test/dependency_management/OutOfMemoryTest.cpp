#include <catch2/catch.hpp>
#include <event_queues/FailingAllocation.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct IStore {
    virtual ~IStore() = default;
};
struct ILabel {
    virtual ~ILabel() = default;
};
struct Tick final : EventOf<Tick> {};

int starts = 0;
int stops = 0;
int objects = 0;

struct Counted {
    Counted() { ++objects; }
    ~Counted() { --objects; }
    Counted(Counted const &) = delete;
};

class Store final : public IStore, private Counted {
public:
    Store() { ++starts; }
    ~Store() override { ++stops; }
};

class Label final : public ILabel, private Counted {
public:
    Label() { ++starts; }
    ~Label() override { ++stops; }
};

class Printer final : public AdvancedService<Printer>, private Counted {
public:
    Printer(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
    void handleDependencyRequest(DependencyRequest<ILabel> const &request) {
        getManager().createServiceManager<Label, ILabel>({}, OnlyFor{request.requester});
    }
    void handleDependencyUndoRequest(DependencyUndoRequest<ILabel> const &) {}

private:
    Task<Expected<void, StartError>> start() override {
        _tracker = getManager().registerDependencyTracker<ILabel>(this, *this);
        ++starts;
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        ++stops;
        _tracker.reset();
        co_return;
    }
    DependencyTrackerRegistration _tracker;
};

class Worker final : public AdvancedService<Worker>, private Counted {
public:
    Worker(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IStore>(this, DependencyFlags::REQUIRED | DependencyFlags::ALLOW_MULTIPLE);
        reg.registerDependency<ILabel>(this, DependencyFlags::REQUIRED);
    }
    void addDependencyInstance(IStore &, IService &) { ++_injected; }
    void removeDependencyInstance(IStore &, IService &) { --_injected; }
    void addDependencyInstance(ILabel &, IService &) { ++_injected; }
    void removeDependencyInstance(ILabel &, IService &) { --_injected; }
    ~Worker() { CHECK(_injected == 0); }

    Task<void> handleEvent(Tick const &) { co_await sleepFor(1ms); }

private:
    Task<Expected<void, StartError>> start() override {
        auto handler = getManager().registerEventHandler<Tick>(this, *this);
        getEventQueue().pushEvent<Tick>(getServiceId());
        spawn(work());
        co_await sleepFor(1ms);
        _handler = std::move(handler);
        ++starts;
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        ++stops;
        _handler.reset();
        co_return;
    }
    Task<void> work() {
        AsyncManualResetEvent never;
        co_await never;
    }
    EventHandlerRegistration _handler;
    int _injected = 0;
};

void runProgram(VirtualTimeQueue &queue, DependencyManager &dm) {
    dm.createServiceManager<Printer>();
    dm.createServiceManager<Store, IStore>(Properties{{"A long name that takes memory of its own", 1}});
    dm.createServiceManager<Store, IStore>();
    auto const worker = dm.createServiceManager<Worker>();
    queue.runUntilIdle();
    queue.advance(1ms);
    queue.pushEvent<StopServiceEvent>(worker, worker.getServiceId());
    queue.pushEvent<StartServiceEvent>(worker, worker.getServiceId());
    queue.advance(5ms);
    queue.pushEvent<QuitEvent>(worker);
    queue.advance(5ms);
}

} // namespace

TEST_CASE("Out of memory: whichever allocation of a program fails, what was started is stopped once and nothing leaks",
          "[dependency_management]") {
    std::size_t nth = 0;
    for (bool hasFailed = true; hasFailed; ++nth) {
        INFO("allocation " << nth);
        starts = stops = 0;
        {
            VirtualTimeQueue queue;
            DependencyManager &dm = queue.createManager();
            {
                Testing::FailingAllocation const failing{nth};
                try {
                    runProgram(queue, dm);
                } catch (std::bad_alloc const &) {}
                hasFailed = failing.hasFailed();
            }
            dm.quit();
            for (int i = 0; i < 100 && dm.getServiceCount() > 0; ++i) {
                queue.advance(1s);
            }
            queue.runUntilIdle();
            CHECK(dm.getServiceCount() == 0);
        }
        CHECK(objects == 0);
        CHECK(starts == stops);
    }
    CHECK(nth > 30);
}
