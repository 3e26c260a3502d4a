#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <event_queues/FailingAllocation.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

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

struct ProgramEnd {
    bool hasFailed; // an allocation was asked for and refused
    bool isClean;   // each that was started was stopped, and all are gone
};

ProgramEnd runWithout(std::size_t nth) {
    starts = stops = 0;
    ProgramEnd outcome{};
    {
        VirtualTimeQueue queue;
        DependencyManager &dm = queue.createManager();
        {
            Testing::FailingAllocation const failing{nth};
            try {
                runProgram(queue, dm);
            } catch (std::bad_alloc const &) {}
            outcome.hasFailed = failing.hasFailed();
        }
        dm.quit();
        for (int i = 0; i < 100 && dm.getServiceCount() > 0; ++i) {
            queue.advance(1s);
        }
        queue.runUntilIdle();
        outcome.isClean = dm.getServiceCount() == 0;
    }
    outcome.isClean = outcome.isClean && objects == 0 && starts == stops;
    return outcome;
}

#if ICHOR_USE_ABSEIL

/// The tables end a program that has no memory for them: so each run has a process of its own.
ProgramEnd tryWithout(std::size_t nth) {
    std::array<int, 2> errors{};
    REQUIRE(::pipe(errors.data()) == 0);
    pid_t const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);
        ::dup2(errors[1], STDERR_FILENO);
        ProgramEnd const outcome = runWithout(nth);
        ::_exit((outcome.hasFailed ? 1 : 0) + (outcome.isClean ? 2 : 0));
    }
    ::close(errors[1]);
    std::string said;
    std::array<char, 256> part{};
    for (ssize_t size = 0; (size = ::read(errors[0], part.data(), part.size())) > 0;) {
        said.append(part.data(), static_cast<std::size_t>(size));
    }
    ::close(errors[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) {
        INFO(said);
        CHECK(WTERMSIG(status) == SIGABRT);
        return {true, said.find("memory is out") != std::string::npos};
    }
    return {(WEXITSTATUS(status) & 1) != 0, (WEXITSTATUS(status) & 2) != 0};
}

#else

ProgramEnd tryWithout(std::size_t nth) { return runWithout(nth); }

#endif

} // namespace

TEST_CASE(
    "Out of memory: whichever allocation of a program fails, what was started is stopped once and nothing leaks, or it says why it ends",
    "[dependency_management]") {
    std::size_t nth = 0;
    for (bool hasFailed = true; hasFailed; ++nth) {
        INFO("allocation " << nth);
        ProgramEnd const outcome = tryWithout(nth);
        CHECK(outcome.isClean);
        hasFailed = outcome.hasFailed;
    }
    CHECK(nth > 30);
}
