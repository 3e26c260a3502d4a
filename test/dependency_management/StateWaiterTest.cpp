// What is awaited of a service keeps the contract of all that can be awaited.
#include <coroutines/CoroutineFixture.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>

#include <stdexcept>
#include <tuple>

namespace Ichor::Testing {

class Awaited final : public AdvancedService<Awaited> {
public:
    Awaited(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
};

/// The coroutines run on the fixture's queue, the service on the manager's.
struct ServiceDriver : CoroutineFixture {
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    ServiceId id = dm.createServiceManager<Awaited>();
};

struct StartedDriver : ServiceDriver {
    Task<void> wait() {
        Expected<void, StartError> const result = co_await dm.waitForStarted(id);
        if (!result && result.error() == StartError::CANCELLED) throw Cancelled{};
        if (!result) throw std::logic_error("nothing prevented its start");
    }
    void complete() { queue.runUntilIdle(); }
};

/// It waits for a start that never comes.
struct NeverStartedDriver : ServiceDriver {
    NeverStartedDriver() { dm.stopService(id); }
    Task<void> wait() {
        Expected<void, StartError> const result = co_await dm.waitForStarted(id);
        if (result) throw std::logic_error("it was never started");
        if (result.error() == StartError::CANCELLED) throw Cancelled{};
    }
    void complete() {
        dm.removeService(id);
        queue.runUntilIdle();
    }
};

struct StoppedDriver : ServiceDriver {
    StoppedDriver() { queue.runUntilIdle(); }
    Task<void> wait() {
        Expected<void, Cancelled> const result = co_await dm.waitForStopped(id);
        if (!result) throw result.error();
    }
    void complete() {
        dm.stopService(id);
        queue.runUntilIdle();
    }
};

struct RemovedDriver : StoppedDriver {
    void complete() {
        dm.removeService(id);
        queue.runUntilIdle();
    }
};

using AwaitableDrivers = std::tuple<StartedDriver, NeverStartedDriver, StoppedDriver, RemovedDriver>;

} // namespace Ichor::Testing

#include <coroutines/AwaitableContract.h>
