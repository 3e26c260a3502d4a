#include <atomic>
#include <catch2/catch.hpp>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct Note final : EventOf<Note> {
    explicit Note(int of) : number(of) {}
    int number;
};

/// Counts notes, and ends its manager with the last one.
class Reader final {
public:
    Reader(DependencyManager &dm, IService &self) : _dm(dm), _registration(dm.registerEventHandler<Note>(this, self)) {}
    void handleEvent(Note const &note) {
        sum += note.number;
        if (note.number == 0) {
            _dm.quit();
        }
    }
    static inline std::atomic<int> sum{0};

private:
    DependencyManager &_dm;
    EventHandlerRegistration _registration;
};

/// Runs `work` as a coroutine of the manager, and then ends it.
template <typename F>
void runOn(IEventQueue &queue, F work) {
    queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [work = std::move(work)](DependencyManager &dm) mutable -> Task<void> {
        co_await work(dm);
        dm.quit();
    });
}

struct Pair {
    CommunicationChannel channel;
    PriorityQueue a;
    PriorityQueue b;
    DependencyManager &dmA = a.createManager();
    DependencyManager &dmB = b.createManager();
    Pair() {
        channel.addManager(dmA);
        channel.addManager(dmB);
    }
};

/// Two managers that take turns on one thread.
struct Turns {
    std::unique_ptr<CommunicationChannel> channel = std::make_unique<CommunicationChannel>();
    std::optional<VirtualTimeQueue> a{std::in_place};
    std::optional<VirtualTimeQueue> b{std::in_place};
    DependencyManager &dmA = a->createManager();
    DependencyManager &dmB = b->createManager();
    std::string outcome = "none";

    /// A calls B, which has not had its turn yet.
    template <typename F>
    void call(F function) {
        a->pushEvent<RunFunctionEventAsync>(ServiceId{}, [this, function](DependencyManager &) -> Task<void> {
            try {
                auto asked = channel->run(dmB.getId(), function);
                outcome = co_await asked;
            } catch (std::exception const &e) {
                outcome = e.what();
            }
        });
        a->runUntilIdle();
    }
};

std::string answer(DependencyManager &) { return "answered"; }

Task<std::string> answerLate(DependencyManager &) {
    co_await sleepFor(1ms);
    co_return "answered late";
}

} // namespace

TEST_CASE("Channel: events reach the manager they are sent to, and broadcasts all but the sender", "[dependency_management]") {
    Reader::sum = 0;
    Pair pair;
    pair.dmB.createServiceManager<Reader>();
    CHECK(pair.channel.sendEventTo<Note>(pair.dmB.getId(), ServiceId{}, 40));
    CHECK(pair.channel.broadcastEvent<Note>(pair.dmA, ServiceId{}, 2) == 1);
    CHECK(pair.channel.sendEventTo<Note>(pair.dmB.getId(), ServiceId{}, 0));
    CHECK_FALSE(pair.channel.sendEventTo<Note>(ManagerId{999'999}, ServiceId{}, 1));
    CHECK(pair.b.start() == 0);
    CHECK(Reader::sum == 42);
}

TEST_CASE("Channel: run gives a value, an exception or the result of a coroutine of another manager", "[dependency_management]") {
    Pair pair;
    ManagerId const b = pair.dmB.getId();
    std::thread other{[&] { pair.b.start(); }};
    int value = 0;
    int awaited = 0;
    std::string error;
    bool ranThere = false;
    runOn(pair.a, [&](DependencyManager &dm) -> Task<void> {
        auto first = pair.channel.run(b, [&](DependencyManager &there) {
            ranThere = &there == &pair.dmB && &there != &dm;
            return 41 + 1;
        });
        value = co_await first;
        auto second = pair.channel.run(b, [](DependencyManager &) -> Task<int> {
            co_await sleepFor(1ms);
            co_return 7;
        });
        awaited = co_await second;
        try {
            auto third = pair.channel.run(b, [](DependencyManager &) { throw std::runtime_error("over there"); });
            co_await third;
        } catch (std::runtime_error const &e) {
            error = e.what();
        }
        CHECK(DependencyManager::current() == &dm);
    });
    CHECK(pair.a.start() == 0);
    pair.b.quit();
    other.join();
    CHECK(value == 42);
    CHECK(awaited == 7);
    CHECK(error == "over there");
    CHECK(ranThere);
}

TEST_CASE("Channel: a call on a manager that is not there, or that ends before it runs, throws ManagerGone", "[dependency_management]") {
    Pair pair;
    int gone = 0;
    runOn(pair.a, [&](DependencyManager &) -> Task<void> {
        try {
            auto call = pair.channel.run(ManagerId{999'999}, [](DependencyManager &) {});
            co_await call;
        } catch (ManagerGone const &) {
            ++gone;
        }
        auto never = pair.channel.run(pair.dmB.getId(), [](DependencyManager &) -> Task<int> {
            AsyncManualResetEvent event;
            co_await event;
            co_return 1;
        });
        std::thread other{[&] { pair.b.start(); }};
        pair.b.pushPrioritisedEvent<QuitEvent>(ServiceId{}, Priority{5'000});
        try {
            static_cast<void>(co_await never);
        } catch (ManagerGone const &) {
            ++gone;
        }
        other.join();
    });
    CHECK(pair.a.start() == 0);
    CHECK(gone == 2);
}

TEST_CASE("Channel: a waiting call ends with its service, at the same time as the answer comes", "[dependency_management]") {
    for (int round = 0; round < 200; ++round) {
        Pair pair;
        std::thread other{[&] { pair.b.start(); }};
        pair.a.pushEvent<RunFunctionEventAsync>(ServiceId{}, [&](DependencyManager &) -> Task<void> {
            for (;;) {
                auto call = pair.channel.run(pair.dmB.getId(), [](DependencyManager &there) { return there.getServiceCount(); });
                static_cast<void>(co_await call);
            }
        });
        std::thread end{[&] {
            while (!pair.a.isRunning()) {
                std::this_thread::yield();
            }
            pair.a.quit();
        }};
        CHECK(pair.a.start() == 0);
        end.join();
        pair.b.quit();
        other.join();
    }
}

TEST_CASE("Channel: a manager that has not joined calls one that has", "[dependency_management]") {
    Turns turns;
    turns.channel->addManager(turns.dmB);
    turns.call(answer);
    CHECK(turns.outcome == "none");
    turns.b->runUntilIdle();
    turns.a->runUntilIdle();
    CHECK(turns.outcome == "answered");
}

TEST_CASE("Channel: a call that is under way ends although either end leaves, and the channel goes", "[dependency_management]") {
    Turns turns;
    turns.channel->addManager(turns.dmA);
    turns.channel->addManager(turns.dmB);
    SECTION("the function has not begun") {
        turns.call(answer);
        SECTION("the caller leaves") { turns.channel->removeManager(turns.dmA); }
        SECTION("the other leaves") { turns.channel->removeManager(turns.dmB); }
        SECTION("both leave, and the channel is gone") {
            turns.channel->removeManager(turns.dmA);
            turns.channel->removeManager(turns.dmB);
            turns.channel.reset();
        }
        turns.b->runUntilIdle();
        turns.a->runUntilIdle();
        CHECK(turns.outcome == "answered");
    }
    SECTION("the function sleeps") {
        turns.call(answerLate);
        turns.b->runUntilIdle();
        SECTION("the caller leaves") { turns.channel->removeManager(turns.dmA); }
        SECTION("the other leaves") { turns.channel->removeManager(turns.dmB); }
        turns.b->advance(1ms);
        turns.a->runUntilIdle();
        CHECK(turns.outcome == "answered late");
    }
    SECTION("the other leaves and ends without running it") {
        turns.call(answer);
        turns.channel->removeManager(turns.dmB);
        std::string const gone = ManagerGone{turns.dmB.getId()}.what();
        turns.b.reset();
        turns.a->runUntilIdle();
        CHECK(turns.outcome == gone);
    }
    SECTION("the caller leaves and ends: there is nobody to answer") {
        turns.call(answer);
        turns.channel->removeManager(turns.dmA);
        turns.a.reset();
        turns.b->runUntilIdle();
        CHECK(turns.outcome == "none");
    }
}

TEST_CASE("Channel: a manager that has left is sent nothing, and one that comes back is", "[dependency_management]") {
    Reader::sum = 0;
    Turns turns;
    turns.channel->addManager(turns.dmA);
    turns.channel->addManager(turns.dmB);
    turns.dmB.createServiceManager<Reader>();
    turns.channel->removeManager(turns.dmB);
    turns.channel->removeManager(turns.dmB);
    CHECK_FALSE(turns.channel->sendEventTo<Note>(turns.dmB.getId(), ServiceId{}, 1));
    CHECK(turns.channel->broadcastEvent<Note>(turns.dmA, ServiceId{}, 2) == 0);
    turns.call(answer);
    CHECK(turns.outcome == ManagerGone{turns.dmB.getId()}.what());
    turns.channel->addManager(turns.dmB);
    CHECK(turns.channel->sendEventTo<Note>(turns.dmB.getId(), ServiceId{}, 40));
    turns.b->runUntilIdle();
    CHECK(Reader::sum == 40);
}

TEST_CASE("Channel: what the function sent home is there before its result", "[dependency_management]") {
    Reader::sum = 0;
    int sumAtResult = 0;
    Pair pair;
    pair.dmA.createServiceManager<Reader>();
    std::thread other{[&] { pair.b.start(); }};
    runOn(pair.a, [&](DependencyManager &dm) -> Task<void> {
        for (int i = 0; i < 100; ++i) {
            auto call = pair.channel.run(pair.dmB.getId(),
                                         [&](DependencyManager &) { return pair.channel.sendEventTo<Note>(dm.getId(), ServiceId{}, 1); });
            bool const isSent = co_await call;
            CHECK(isSent);
            sumAtResult = Reader::sum;
            CHECK(sumAtResult == i + 1);
        }
    });
    CHECK(pair.a.start() == 0);
    pair.b.quit();
    other.join();
    CHECK(sumAtResult == 100);
}

TEST_CASE("Channel: managers leave and join while calls are under way, and each call ends", "[dependency_management]") {
    constexpr int CALLS = 500;
    Pair pair;
    int answered = 0;
    int gone = 0;
    std::atomic<bool> isOver = false;
    std::thread other{[&] { pair.b.start(); }};
    std::thread door{[&] {
        while (!isOver) {
            pair.channel.removeManager(pair.dmA);
            pair.channel.removeManager(pair.dmB);
            pair.channel.addManager(pair.dmB);
            pair.channel.addManager(pair.dmA);
            std::this_thread::yield();
        }
    }};
    runOn(pair.a, [&](DependencyManager &) -> Task<void> {
        while (answered + gone < CALLS) {
            try {
                auto call = pair.channel.run(pair.dmB.getId(), [](DependencyManager &there) { return there.getServiceCount(); });
                static_cast<void>(co_await call);
                ++answered;
            } catch (ManagerGone const &) {
                ++gone;
            }
        }
        isOver = true;
    });
    CHECK(pair.a.start() == 0);
    door.join();
    pair.b.quit();
    other.join();
    CHECK(answered + gone == CALLS);
}
