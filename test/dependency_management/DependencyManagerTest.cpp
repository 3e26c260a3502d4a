#include <catch2/catch.hpp>
#include <csignal>
#include <event_queues/ChildProcess.h>
#include <functional>
#include <future>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <map>
#include <string>
#include <thread>

#include <unistd.h>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

struct INothing {
    virtual ~INothing() = default;
};
class Idle final : public AdvancedService<Idle> {
public:
    Idle(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
};

using Use = std::function<void(DependencyManager &dm, IService &service)>;

Task<void> nothing() { co_return; }

/// What a manager that is in use on its own thread says before it aborts, when it is used so from another one; "" when it does not abort.
std::string lastWordsOf(Use const &use) {
    ChildResult const result = inChildProcess([&](FILE *say) {
        std::signal(SIGABRT, SIG_DFL); // Catch's would tell the whole story again
        ::dup2(::fileno(say), STDERR_FILENO);
        PriorityQueue queue;
        DependencyManager &dm = queue.createManager();
        IService &service = dm.createServiceManager<Idle>();
        std::promise<void> running;
        queue.pushEvent<RunFunctionEvent>(ServiceId{}, [&] { running.set_value(); });
        std::thread thread{[&] { queue.start(); }};
        running.get_future().wait();
        use(dm, service);
        queue.quit();
        thread.join();
    });
    return result.status == 0 ? "" : result.text;
}

std::map<std::string, Use> const USES{
    {"startService", [](DependencyManager &dm, IService &) { dm.startService(ServiceId{1}); }},
    {"stopService", [](DependencyManager &dm, IService &) { dm.stopService(ServiceId{1}); }},
    {"removeService", [](DependencyManager &dm, IService &) { dm.removeService(ServiceId{1}); }},
    {"createServiceManager", [](DependencyManager &dm, IService &) { dm.createServiceManager<Idle>(); }},
    {"waitForStarted", [](DependencyManager &dm, IService &) { static_cast<void>(dm.waitForStarted(ServiceId{1})); }},
    {"waitForStopped", [](DependencyManager &dm, IService &) { static_cast<void>(dm.waitForStopped(ServiceId{1})); }},
    {"getService", [](DependencyManager &dm, IService &) { static_cast<void>(dm.getService<INothing>(ServiceId{1})); }},
    {"getIService", [](DependencyManager &dm, IService &) { static_cast<void>(dm.getIService(ServiceId{1})); }},
    {"getStartedServices", [](DependencyManager &dm, IService &) { static_cast<void>(dm.getStartedServices<INothing>()); }},
    {"getAllServicesOfType", [](DependencyManager &dm, IService &) { static_cast<void>(dm.getAllServicesOfType<INothing>()); }},
    {"getServiceCount", [](DependencyManager &dm, IService &) { static_cast<void>(dm.getServiceCount()); }},
    {"getServiceInfo", [](DependencyManager &dm, IService &) { static_cast<void>(dm.getServiceInfo()); }},
    {"explain of one", [](DependencyManager &dm, IService &) { static_cast<void>(dm.explain(ServiceId{1})); }},
    {"explain", [](DependencyManager &dm, IService &) { static_cast<void>(dm.explain()); }},
    {"graph", [](DependencyManager &dm, IService &) { static_cast<void>(dm.graph()); }},
    {"setStopDeadline", [](DependencyManager &dm, IService &) { dm.setStopDeadline(Duration{1}); }},
    {"setWaitingReport", [](DependencyManager &dm, IService &) { dm.setWaitingReport(Duration{1}); }},
    {"spawn", [](DependencyManager &, IService &service) { service.spawn(nothing()); }},
};

} // namespace

TEST_CASE("DependencyManager: its use from another thread than its queue's is said in a sentence", "[dependency_management]") {
    for (auto const &[name, use] : USES) {
        INFO(name);
        std::string const words = lastWordsOf(use);
        CHECK_THAT(words, Catch::Contains("from another thread than its queue's"));
    }
}

TEST_CASE("DependencyManager: any thread may ask for its id, its queue and its end", "[dependency_management]") {
    CHECK(lastWordsOf([](DependencyManager &dm, IService &) {
              static_cast<void>(dm.getId());
              static_cast<void>(dm.getEventQueue());
              dm.quit();
          }) == "");
}

TEST_CASE("DependencyManager: before its queue runs, and after, it may be used by any thread", "[dependency_management]") {
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    IService &service = dm.createServiceManager<Idle>();
    ServiceId const id = service.getServiceId();
    std::thread{[&] { CHECK(dm.getIService(id) == &service); }}.join();
    queue.quit();
    CHECK(queue.start() == 0);
    std::thread{[&] { CHECK(dm.getServiceCount() == 0); }}.join();
}
