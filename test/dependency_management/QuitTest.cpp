// ICHOR_TEST_SEED=<number> lets the signals come at the same moments again, and ICHOR_TEST_ROUNDS=1 in that round alone.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/QuitSignalScope.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <random>
#include <thread>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct IBase {
    virtual ~IBase() = default;
};

int starts = 0;
int stops = 0;
std::atomic<unsigned> turns{0}; // of those who are busy, since the round began
std::vector<std::uint64_t> stopOrder;

class Base final : public IBase, public AdvancedService<Base> {
public:
    Base(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override {
        ++starts;
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        ++stops;
        stopOrder.push_back(getServiceId().value);
        co_return;
    }
};

/// Always has something to do: events to itself, coroutines that sleep.
class Busy final : public AdvancedService<Busy> {
public:
    Busy(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IBase>(this, DependencyFlags::REQUIRED);
    }
    void addDependencyInstance(IBase &, IService &) {}
    void removeDependencyInstance(IBase &, IService &) {}

private:
    Task<Expected<void, StartError>> start() override {
        ++starts;
        spawn(sleepAndSleep());
        again();
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        ++stops;
        co_await sleepFor(10us);
    }
    void again() {
        ++turns;
        getEventQueue().pushEvent<RunFunctionEvent>(getServiceId(), [this] { again(); });
    }
    Task<void> sleepAndSleep() {
        for (;;) {
            co_await sleepFor(50us);
        }
    }
};

class NeverStops final : public AdvancedService<NeverStops> {
public:
    NeverStops(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<void> stop() override { co_await _never; }
    AsyncManualResetEvent _never;
};

} // namespace

TEST_CASE("Quit: services stop in the reverse of the order in which they started", "[dependency_management]") {
    stopOrder.clear();
    std::vector<std::uint64_t> expected;
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    for (int i = 0; i < 5; ++i) {
        expected.insert(expected.begin(), dm.createServiceManager<Base, IBase>().getServiceId().value);
    }
    queue.runUntilIdle();
    queue.pushEvent<QuitEvent>(ServiceId{});
    queue.runUntilIdle();
    CHECK(stopOrder == expected);
    CHECK(dm.getServiceCount() == 0);
}

TEST_CASE("Quit: who exceeds the deadline is taken down by force, and the status says so", "[dependency_management]") {
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.setStopDeadline(100ms);
    dm.createServiceManager<NeverStops>();
    queue.pushEvent<QuitEvent>(ServiceId{});
    CHECK(queue.start() == 1);
    CHECK(dm.getServiceCount() == 0);
}

namespace {

/// Asks for the end by a signal, and in its stop() by another one, behind which it does not end.
class NeedsTwoSignals final : public AdvancedService<NeedsTwoSignals> {
public:
    NeedsTwoSignals(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override {
        static_cast<void>(std::raise(SIGTERM));
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        ++stops;
        static_cast<void>(std::raise(SIGINT));
        co_await _never;
    }
    AsyncManualResetEvent _never;
};

} // namespace

TEST_CASE("Quit: a second signal takes down at once who does not end, and stops the others", "[dependency_management]") {
    starts = stops = 0;
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.setStopDeadline(24h); // nothing but the signal ends it
    dm.createServiceManager<Base, IBase>();
    dm.createServiceManager<NeedsTwoSignals>();
    CHECK(queue.start(CaptureSigInt) == 1);
    CHECK(dm.getServiceCount() == 0);
    CHECK(starts == 1);
    CHECK(stops == 2);
}

namespace {

#if ICHOR_USE_SANITIZERS || ICHOR_USE_THREAD_SANITIZER
constexpr auto TIME_TO_END = 10s;
#else
constexpr auto TIME_TO_END = 2s;
#endif

std::uint64_t number(char const *name, std::uint64_t otherwise) {
    char const *const text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// When the signal of a round comes.
struct Moment {
    explicit Moment(std::uint64_t seed) {
        std::mt19937_64 dice{seed};
        signal = dice() % 2 == 0 ? SIGINT : SIGTERM;
        isEarly = dice() % 4 == 0;
        turns = static_cast<unsigned>(dice() % 2'000);
        spins = static_cast<unsigned>(dice() % 20'000);
        if (isEarly) {
            spinsOfQueue = static_cast<unsigned>(dice() % 20'000);
            services = 300; // so that it takes a while to start them
        }
    }
    int signal;
    bool isEarly;              // also before the services have started
    unsigned turns;            // that all services together have had before it, if it is not early
    unsigned spins;            // of the thread that sends it
    unsigned spinsOfQueue = 0; // before it starts
    int services = 3;
};

void spin(unsigned times) noexcept {
    for (std::atomic<unsigned> spun{0}; spun.fetch_add(1) < times;) {}
}

/// Sends the signal at its moment; ends everything, with a word of where, when the program does not end by it.
class Sender {
public:
    Sender(Moment moment, std::uint64_t seed) : _thread([this, moment, seed] { run(moment, seed); }) {}
    /// How long the program took to end, which it has.
    std::chrono::nanoseconds ended() {
        auto const now = std::chrono::steady_clock::now();
        _hasEnded.set_value();
        _thread.join();
        return now - _sent;
    }

private:
    void run(Moment moment, std::uint64_t seed) {
        auto const latest = std::chrono::steady_clock::now() + TIME_TO_END; // when services do not start, of which the test then tells
        while (!moment.isEarly && turns < moment.turns && std::chrono::steady_clock::now() < latest) {
            std::this_thread::yield();
        }
        spin(moment.spins);
        _sent = std::chrono::steady_clock::now();
        static_cast<void>(std::raise(moment.signal));
        if (_hasEnded.get_future().wait_for(30 * TIME_TO_END) != std::future_status::ready) {
            std::fprintf(stderr, "signal %d did not end the round of ICHOR_TEST_SEED=%llu\n", moment.signal,
                         static_cast<unsigned long long>(seed));
            std::abort();
        }
    }

    std::promise<void> _hasEnded;
    std::chrono::steady_clock::time_point _sent; // written by the thread before it sends, read when that has ended
    std::thread _thread;
};

/// Whether all services were running, and busy, when the signal came.
bool endsBusyProgram(std::uint64_t seed) {
    Moment const moment{seed};
    INFO("ICHOR_TEST_SEED=" << seed << ": signal " << moment.signal << (moment.isEarly ? ", early" : "") << ", after " << moment.turns
                            << " turns and " << moment.spins << " spins, or " << moment.spinsOfQueue << " of the queue's");
    starts = stops = 0;
    turns = 0;
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Base, IBase>();
    for (int i = 0; i < moment.services; ++i) {
        dm.createServiceManager<Busy>();
    }
    QuitSignalScope const signals; // one that comes before the queue runs ends it as well
    Sender sender{moment, seed};
    spin(moment.spinsOfQueue);
    int const status = queue.start(CaptureSigInt);
    auto const took = sender.ended();
    CHECK(status == 0);
    CHECK(starts == stops);
    CHECK(took < TIME_TO_END);
    CHECK(dm.getServiceCount() == 0);
    return starts == moment.services + 1 && turns > 0;
}

} // namespace

TEST_CASE("Quit: SIGINT and SIGTERM at any moment end a busy program with status 0, each started service stopped once",
          "[dependency_management]") {
    std::uint64_t const chosen = Catch::rngSeed() != 0 ? Catch::rngSeed() : std::random_device{}();
    std::uint64_t const first = number("ICHOR_TEST_SEED", chosen);
    std::uint64_t const rounds = number("ICHOR_TEST_ROUNDS", 300);
    std::fprintf(stderr, "%llu signals from ICHOR_TEST_SEED=%llu\n", static_cast<unsigned long long>(rounds),
                 static_cast<unsigned long long>(first));
    std::uint64_t busy = 0;
    for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
        if (endsBusyProgram(seed)) {
            ++busy;
        }
    }
    std::fprintf(stderr, "%llu of them found all services busy\n", static_cast<unsigned long long>(busy));
    CHECK((rounds < 100 || busy > rounds / 2)); // a single one may be early
}
