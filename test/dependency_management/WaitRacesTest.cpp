// What coroutines of a manager wait for comes from another thread, at the same moment as they are cancelled, taken down, or as that other
// one ends. These are tests to run under the thread sanitizer.
#include <atomic>
#include <catch2/catch.hpp>
#include <coroutines/Opponent.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <stdexcept>
#include <thread>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

#if ICHOR_USE_THREAD_SANITIZER
constexpr int ROUNDS = 20'000;
#else
constexpr int ROUNDS = 100'000;
#endif

/// How the waiting of all rounds ended.
struct Tally {
    int begun = 0;
    int answered = 0;
    int cancelled = 0;
    int destroyed = 0; // the frames of all of them, however it ended
    int wrong = 0;
};
Tally tally;

struct Frame {
    Frame() { ++tally.begun; }
    Frame(Frame const &) = delete;
    Frame &operator=(Frame const &) = delete;
    ~Frame() { ++tally.destroyed; }
};

/// In how many rounds the other thread has done its part.
std::atomic<int> acted{0};

/// What the waiter of a round does.
using Wait = Task<void> (*)(DependencyManager &dm);
Wait wait = nullptr;

class Waiter final : public AdvancedService<Waiter> {
public:
    Waiter(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}

private:
    Task<Expected<void, StartError>> start() override {
        spawn(waitOnce());
        co_return Expected<void, StartError>{};
    }
    Task<void> waitOnce() {
        Frame const frame;
        try {
            co_await wait(getManager());
            ++tally.answered;
        } catch (Cancelled const &) {
            ++tally.cancelled;
            throw;
        } catch (...) {
            ++tally.wrong;
        }
    }
};

/// Some microseconds, another number each round.
void spin(int round) {
    for (std::atomic<int> spun{0}; spun.fetch_add(1) < round * 37 % 1'000;) {}
}

Task<void> waitUntilGone(DependencyManager &dm, ServiceId id) {
    while (dm.getIService(id) != nullptr) {
        co_await yieldNow();
    }
}

/// A service begins to wait, and is removed a moment later. In each third round that comes, whatever else the machine does, when the other
/// thread has done its part, and this one has not looked yet, or has.
Task<void> playRound(DependencyManager &dm, int round) {
    ServiceId const id = dm.createServiceManager<Waiter>();
    int const begun = tally.begun;
    while (tally.begun == begun) {
        co_await yieldNow();
    }
    if (round % 3 == 0) {
        waitUntil([round] { return acted >= round; });
    } else {
        spin(round);
    }
    for (int turns = round % 8; turns > 0; --turns) {
        co_await yieldNow();
    }
    dm.removeService(id);
    co_await waitUntilGone(dm, id);
}

void checkTally(int rounds) {
    CHECK(tally.begun == rounds);
    CHECK(tally.answered + tally.cancelled == rounds);
    CHECK(tally.destroyed == rounds);
    CHECK(tally.wrong == 0);
    // Or it was no race.
    CHECK(tally.answered > 0);
    CHECK(tally.cancelled > 0);
}

/// Runs `play` as a coroutine of the queue's manager, and then ends it.
template <typename F>
void runOn(IEventQueue &queue, F play) {
    tally = {};
    acted = 0;
    queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [play](DependencyManager &dm) -> Task<void> {
        co_await play(dm);
        dm.quit();
    });
    CHECK(queue.start() == 0);
}

CommunicationChannel *channel = nullptr;
ManagerId other;

Task<void> callOther(DependencyManager &) {
    auto call = channel->run(other, [](DependencyManager &there) {
        ++acted;
        return there.getServiceCount();
    });
    static_cast<void>(co_await call);
}

Task<void> callCoroutineOfOther(DependencyManager &) {
    auto call = channel->run(other, [](DependencyManager &) -> Task<int> {
        co_await yieldNow();
        ++acted;
        co_return 7;
    });
    int const result = co_await call;
    if (result != 7) throw std::logic_error("another result");
}

/// Two managers of one channel; the other one runs on a thread of its own.
void raceCalls(Wait call) {
    CommunicationChannel both;
    PriorityQueue there{QueueOptions{.spin = 100us}};
    PriorityQueue here{QueueOptions{.spin = 100us}};
    DependencyManager &dm = here.createManager();
    DependencyManager &dmOfOther = there.createManager();
    both.addManager(dm);
    both.addManager(dmOfOther);
    channel = &both;
    other = dmOfOther.getId();
    wait = call;
    std::thread thread{[&there] { there.start(); }};
    runOn(here, [](DependencyManager &own) -> Task<void> {
        for (int round = 1; round <= ROUNDS; ++round) {
            co_await playRound(own, round);
        }
    });
    there.quit();
    thread.join();
    checkTally(ROUNDS);
}

/// Each round another manager lives on another thread, and ends at about the moment of a call: some before that, some by it.
class ShortLived {
public:
    explicit ShortLived(CommunicationChannel &of) : _channel(of) {}
    void live() {
        PriorityQueue queue;
        DependencyManager &dm = queue.createManager();
        _channel.addManager(dm);
        ++_lives;
        _isCalled = false;
        liveOn(queue, _lives % 4);
        _id = dm.getId().value;
        queue.start();
    }
    /// Does not let the own manager run meanwhile, so that the call comes at once.
    ManagerId next() {
        std::uint64_t id = 0;
        waitUntil([&] { return (id = _id.exchange(0)) != 0; });
        return ManagerId{id};
    }
    int call() {
        _isCalled = true;
        return 7;
    }

private:
    void liveOn(IEventQueue &queue, int turns) {
        queue.pushEvent<RunFunctionEvent>(ServiceId{}, [this, &queue, turns](DependencyManager &dm) {
            bool const isPatient = _lives % 4 == 3;
            spin(_lives);
            if (isPatient) {
                std::this_thread::yield(); // to the one that calls
            }
            if (isPatient ? _isCalled : turns == 0) {
                dm.quit();
            } else {
                liveOn(queue, turns - 1);
            }
        });
    }

    CommunicationChannel &_channel;
    int _lives = 0;
    bool _isCalled = false;
    std::atomic<std::uint64_t> _id{0}; // 0: the next one has not begun
};

/// Counts what is told as a cancellation.
Task<void> callOneThatEnds(CommunicationChannel &both, ShortLived &others, int round) {
    ++tally.begun;
    ManagerId const id = others.next();
    spin(round * 10);
    try {
        auto call = both.run(id, [&others](DependencyManager &) { return others.call(); });
        int const result = co_await call;
        ++(result == 7 ? tally.answered : tally.wrong);
    } catch (ManagerGone const &) {
        ++tally.cancelled;
    }
    ++tally.destroyed;
}

ServiceId target;

class Target final : public AdvancedService<Target> {
public:
    Target(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) {}
};

Task<void> waitForTargetsStart(DependencyManager &dm) {
    auto const result = co_await dm.waitForStarted(target);
    if (!result && result.error() == StartError::CANCELLED) throw Cancelled{};
    if (!result) throw std::logic_error("it failed");
}

Task<void> waitForTargetsStop(DependencyManager &dm) {
    auto const result = co_await dm.waitForStopped(target);
    if (!result) throw result.error();
}

/// The other thread starts the target in even rounds, and stops it in odd ones.
void raceStates() {
    PriorityQueue queue{QueueOptions{.spin = 100us}};
    DependencyManager &dm = queue.createManager();
    target = dm.createServiceManager<Target>();
    Opponent opponent([&queue, round = 0]() mutable {
        spin(++round * 11);
        if (round % 2 == 0) {
            queue.pushEvent<StartServiceEvent>(ServiceId{}, target);
        } else {
            queue.pushEvent<StopServiceEvent>(ServiceId{}, target);
        }
        ++acted;
    });
    runOn(queue, [&opponent](DependencyManager &own) -> Task<void> {
        co_await waitForTargetsStart(own);
        for (int round = 1; round <= ROUNDS; ++round) {
            wait = round % 2 == 0 ? waitForTargetsStart : waitForTargetsStop;
            opponent.begin(round);
            co_await playRound(own, round);
            co_await wait(own);
            opponent.awaitDone(round);
        }
    });
    checkTally(ROUNDS);
}

} // namespace

TEST_CASE("Races: a call on another manager is answered while the service that waits for it goes", "[dependency_management][races]") {
    SECTION("function") { raceCalls(callOther); }
    SECTION("coroutine") { raceCalls(callCoroutineOfOther); }
}

TEST_CASE("Races: a call on another manager is answered, or throws ManagerGone, while that one ends", "[dependency_management][races]") {
    CommunicationChannel both;
    PriorityQueue here{QueueOptions{.spin = 100us}};
    both.addManager(here.createManager());
    ShortLived others{both};
    Opponent opponent([&others] { others.live(); });
    runOn(here, [&](DependencyManager &) -> Task<void> {
        for (int round = 1; round <= ROUNDS; ++round) {
            opponent.begin(round);
            co_await callOneThatEnds(both, others, round);
            opponent.awaitDone(round);
        }
    });
    checkTally(ROUNDS);
}

TEST_CASE("Races: a service is started and stopped by events of another thread while the service that waits for that goes",
          "[dependency_management][races]") {
    raceStates();
}
