// What every kind of queue promises. Included by one test file a family of queues, after it has named its kinds in a std::tuple
// `QueueKinds`; a kind has a type Queue, options() and prepare(queue). This is the one place where real time may pass.
#pragma once

#include <event_queues/FailingAllocation.h>
#include <event_queues/ScriptedProcessor.h>

#include <ichor/base/Time.h>
#include <ichor/coroutines/RemoteSignal.h>
#include <ichor/coroutines/TimerNode.h>
#include <ichor/coroutines/Wakeup.h>
#include <ichor/events/ContinueEvent.h>
#include <ichor/events/RunFunctionEvent.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

namespace Ichor::Testing {

using namespace std::chrono_literals;

inline constexpr ServiceId ORIGIN{7};

class TestWakeup final : public Wakeup {
public:
    std::function<void()> onWake = [] {};
    int calls = 0;
    void wake() noexcept override {
        ++calls;
        onWake();
    }
};

class TestTimer final : public TimerNode {
public:
    using TimerNode::TimerNode;
    std::function<void()> onDue = [] {};
    int calls = 0;
    void wake() noexcept override {
        ++calls;
        onDue();
    }
};

class TestSignal final : public RemoteSignal {
public:
    std::function<void()> handler = [] {};
    int calls = 0;
    void onSignal() noexcept override {
        ++calls;
        handler();
    }
};

struct Huge final : EventOf<Huge> {
    explicit Huge(int n) noexcept : number(n) {}
    int number;
    std::array<char, 3000> bytes{};
};

struct ThrowsWhenMade final : EventOf<ThrowsWhenMade> {
    ThrowsWhenMade() { throw std::runtime_error("no"); }
};

struct Tick final : EventOf<Tick> {
    int a;
    std::string b;
};

template <class Kind>
struct Running {
    Running() : queue(Kind::options()), processor(ScriptedProcessor::of(queue)) {
        processor.onStarted = [this] {
            Kind::prepare(queue);
            onStarted();
        };
    }

    void quitWhen(bool isTime) {
        if (isTime) processor.finish();
    }

    std::function<void()> onStarted = [] {};
    typename Kind::Queue queue;
    ScriptedProcessor &processor;
};

TEMPLATE_LIST_TEST_CASE("Queue: runs what was pushed before it started, in order, and ends with the processor's status", "[queue]",
                        QueueKinds) {
    Running<TestType> run;
    run.processor.status = 3;
    for (int i = 0; i < 1'000; ++i) run.queue.template pushEvent<Numbered>(ORIGIN, i);
    run.queue.template pushEvent<QuitEvent>(ORIGIN);
    CHECK(run.queue.size() == 1'001);
    CHECK_FALSE(run.queue.isRunning());
    bool wasRunning = false;
    IEventQueue *current = nullptr;
    run.onStarted = [&] {
        wasRunning = run.queue.isRunning() && run.queue.isOwnThread();
        current = IEventQueue::current();
    };
    CHECK(run.queue.start() == 3);
    CHECK(wasRunning);
    CHECK(current == &run.queue);
    CHECK(IEventQueue::current() == nullptr);
    CHECK(currentResumer == nullptr);
    CHECK_FALSE(run.queue.isRunning());
    CHECK(run.processor.numbers.size() == 1'000);
    CHECK(std::is_sorted(run.processor.numbers.begin(), run.processor.numbers.end()));
}

TEMPLATE_LIST_TEST_CASE("Queue: of the thread's own events the lower priority runs sooner, also one that is pushed meanwhile", "[queue]",
                        QueueKinds) {
    Running<TestType> run;
    run.onStarted = [&] {
        for (int i = 0; i < 10; ++i) run.queue.template pushPrioritisedEvent<Numbered>(ORIGIN, Priority{1000}, 100 + i);
        for (int i = 0; i < 10; ++i) run.queue.template pushPrioritisedEvent<Numbered>(ORIGIN, Priority{500}, i);
        run.queue.template pushPrioritisedEvent<QuitEvent>(ORIGIN, Priority{2000});
    };
    run.processor.onEvent = [&](Event &) {
        if (run.processor.numbers.back() == 3) run.queue.template pushPrioritisedEvent<Numbered>(ORIGIN, Priority{1}, -1);
    };
    run.queue.start();
    std::vector<int> expected{0, 1, 2, 3, -1, 4, 5, 6, 7, 8, 9, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109};
    CHECK(run.processor.numbers == expected);
}

TEMPLATE_LIST_TEST_CASE("Queue: nothing of 8 producers at once is lost, and each one's events of one priority stay in order", "[queue]",
                        QueueKinds) {
    constexpr int PRODUCERS = 8;
    constexpr int EACH = 20'000;
    constexpr int PRIORITIES = 3;
    Running<TestType> run;
    std::array<std::array<int, PRIORITIES>, PRODUCERS> last{};
    for (auto &of : last) of.fill(-1);
    int count = 0;
    int disorder = 0;
    run.processor.onEvent = [&](Event &event) {
        int &before = last[static_cast<std::size_t>(static_cast<Numbered &>(event).producer)][event.priority().value - 999];
        if (static_cast<Numbered &>(event).number <= before) ++disorder;
        before = static_cast<Numbered &>(event).number;
        run.quitWhen(++count == PRODUCERS * EACH);
    };
    std::vector<std::thread> producers;
    for (int producer = 0; producer < PRODUCERS; ++producer) {
        producers.emplace_back([&, producer] {
            for (int i = 0; i < EACH; ++i) {
                Priority const priority{999 + static_cast<std::uint64_t>(i % PRIORITIES)};
                while (!run.queue.template tryPushPrioritisedEvent<Numbered>(ORIGIN, priority, i, producer)) std::this_thread::yield();
                if (i % 1'000 == 0) std::this_thread::yield();
            }
        });
    }
    run.queue.start();
    for (std::thread &producer : producers) producer.join();
    CHECK(count == PRODUCERS * EACH);
    CHECK(disorder == 0);
    CHECK(run.queue.size() == 0);
}

TEMPLATE_LIST_TEST_CASE("Queue: ids are unique, whoever pushes", "[queue]", QueueKinds) {
    constexpr int COUNT = 2'000;
    Running<TestType> run;
    std::set<std::uint64_t> seen;
    int events = 0;
    run.processor.onEvent = [&](Event &event) {
        seen.insert(event.id());
        if (++events <= COUNT) run.queue.template pushEvent<Numbered>(ORIGIN, 0);
        run.quitWhen(events == 2 * COUNT);
    };
    std::set<std::uint64_t> given;
    std::thread producer([&] {
        for (int i = 0; i < COUNT; ++i) given.insert(run.queue.template pushEvent<Numbered>(ORIGIN, i));
    });
    run.queue.start();
    producer.join();
    CHECK(seen.size() == 2 * COUNT);
    CHECK(given.size() == COUNT);
    CHECK(std::includes(seen.begin(), seen.end(), given.begin(), given.end()));
}

TEMPLATE_LIST_TEST_CASE("Queue: a sleeping one is woken by each way to ask for something", "[queue]", QueueKinds) {
    Running<TestType> run;
    TestSignal signal;
    signal.handler = [&] { run.processor.finish(); };
    std::thread other;
    SECTION("an event") {
        run.processor.onEvent = [&](Event &) { run.processor.finish(); };
        other = std::thread([&] {
            std::this_thread::sleep_for(20ms);
            run.queue.template pushEvent<Numbered>(ORIGIN, 1);
        });
        run.queue.start();
    }
    SECTION("a signal") {
        other = std::thread([&] {
            std::this_thread::sleep_for(20ms);
            run.queue.postSignal(signal);
        });
        run.queue.start();
        CHECK(signal.calls == 1);
    }
    SECTION("quit") {
        other = std::thread([&] {
            std::this_thread::sleep_for(20ms);
            run.queue.quit();
            run.queue.quit();
        });
        run.queue.start();
        CHECK(run.processor.quits == std::vector<unsigned>{1});
    }
    other.join();
}

TEMPLATE_LIST_TEST_CASE("Queue: events go back and forth between two threads thousands of times", "[queue]", QueueKinds) {
    constexpr int ROUNDS = 3'000;
    Running<TestType> a;
    Running<TestType> b;
    a.onStarted = [&] { b.queue.template pushEvent<Numbered>(ORIGIN, 0); };
    a.processor.onEvent = [&](Event &event) { b.queue.template pushEvent<Numbered>(ORIGIN, static_cast<Numbered &>(event).number + 1); };
    b.processor.onEvent = [&](Event &event) {
        int round = static_cast<Numbered &>(event).number;
        if (round == ROUNDS) {
            a.queue.quit();
            b.processor.finish();
            return;
        }
        a.queue.template pushEvent<Numbered>(ORIGIN, round);
    };
    std::thread thread([&] { b.queue.start(); });
    a.queue.start();
    thread.join();
    CHECK(b.processor.numbers.size() == ROUNDS + 1);
}

TEMPLATE_LIST_TEST_CASE("Queue: quit before it started ends it after it started", "[queue]", QueueKinds) {
    Running<TestType> run;
    run.queue.quit();
    run.queue.start();
    CHECK(run.processor.quits == std::vector<unsigned>{1});
}

TEMPLATE_LIST_TEST_CASE("Queue: what is left when it ends is destroyed then, and it takes nothing more", "[queue]", QueueKinds) {
    auto value = std::make_shared<int>(1);
    TestWakeup wakeup;
    TestTimer timer;
    TestSignal signal;
    {
        Running<TestType> run;
        run.onStarted = [&] {
            run.processor.finish();
            for (int i = 0; i < 100; ++i) run.queue.template pushEvent<RunFunctionEvent>(ORIGIN, [value] {});
            run.queue.post(wakeup, DEFAULT_PRIORITY);
            run.queue.armTimer(timer, run.queue.now() + 1h);
            run.queue.postSignal(signal);
        };
        std::thread([&] { run.queue.template pushEvent<RunFunctionEvent>(ORIGIN, [value] {}); }).join();
        run.queue.start();
        CHECK(value.use_count() == 1);
        CHECK_THROWS_AS(run.queue.template pushEvent<Numbered>(ORIGIN, 1), QueueClosed);
        CHECK_FALSE(run.queue.template tryPushEvent<Numbered>(ORIGIN, 1));
        CHECK(run.queue.template pushInternal<Numbered>(ORIGIN, DEFAULT_PRIORITY, 1) == 0);
    }
    CHECK(wakeup.calls == 0);
    CHECK_FALSE(wakeup.isPosted());
    CHECK_FALSE(timer.isArmed());
}

TEMPLATE_LIST_TEST_CASE("Queue: what others push while it ends is refused, or destroyed by then, and never left lying", "[queue]",
                        QueueKinds) {
    for (int round = 0; round < 200; ++round) {
        auto value = std::make_shared<int>(1);
        Running<TestType> run;
        std::atomic<bool> isPushing{false};
        std::thread other([&] {
            while (run.queue.template tryPushEvent<RunFunctionEvent>(ORIGIN, [value] {})) isPushing = true;
        });
        while (!isPushing) std::this_thread::yield();
        run.onStarted = [&] { run.processor.finish(); };
        run.queue.start();
        other.join();
        CHECK(value.use_count() == 1);
    }
}

TEMPLATE_LIST_TEST_CASE("Queue: one that never starts goes cleanly with all that is in it", "[queue]", QueueKinds) {
    auto value = std::make_shared<int>(1);
    TestWakeup wakeup;
    TestTimer timer;
    TestSignal signal;
    {
        typename TestType::Queue queue(TestType::options());
        queue.template pushEvent<RunFunctionEvent>(ORIGIN, [value] {});
        std::thread([&] { queue.template pushEvent<RunFunctionEvent>(ORIGIN, [value] {}); }).join();
        queue.post(wakeup, DEFAULT_PRIORITY);
        queue.armTimer(timer, queue.now() + 1h);
        queue.postSignal(signal);
    }
    CHECK(value.use_count() == 1);
    CHECK_FALSE(wakeup.isPosted());
    CHECK_FALSE(timer.isArmed());
}

TEMPLATE_LIST_TEST_CASE("Queue: an exception of onStart leaves start, and the queue has ended", "[queue]", QueueKinds) {
    Running<TestType> run;
    run.onStarted = [] { throw std::runtime_error("no start"); };
    CHECK_THROWS_WITH(run.queue.start(), "no start");
    CHECK_FALSE(run.queue.isRunning());
    CHECK(IEventQueue::current() == nullptr);
    CHECK_THROWS_AS(run.queue.template pushEvent<Numbered>(ORIGIN, 1), QueueClosed);
}

TEMPLATE_LIST_TEST_CASE("Queue: wakeups run in the order of their priorities and may be posted again from inside", "[queue][wakeup]",
                        QueueKinds) {
    Running<TestType> run;
    TestWakeup urgent;
    TestWakeup again;
    std::vector<int> order;
    urgent.onWake = [&] { order.push_back(1); };
    again.onWake = [&] {
        order.push_back(2);
        if (again.calls < 3)
            run.queue.post(again, DEFAULT_PRIORITY);
        else
            run.processor.finish();
    };
    run.onStarted = [&] {
        run.queue.post(again, DEFAULT_PRIORITY);
        run.queue.post(again, DEFAULT_PRIORITY);
        run.queue.post(urgent, Priority{1});
    };
    run.queue.start();
    CHECK(order == std::vector<int>{1, 2, 2, 2});
}

TEMPLATE_LIST_TEST_CASE("Queue: a wakeup that is alone in line keeps its place in it", "[queue][wakeup]", QueueKinds) {
    Running<TestType> run;
    TestWakeup alone;
    TestWakeup behind;
    std::size_t waiting = 0;
    alone.onWake = [&] { run.processor.numbers.push_back(-1); };
    behind.onWake = [&] {
        run.processor.numbers.push_back(-2);
        run.processor.finish();
    };
    run.processor.onEvent = [&](Event &event) {
        if (static_cast<Numbered &>(event).number != 0) return;
        std::size_t const before = run.queue.size();
        run.queue.post(alone, Priority{1000});
        run.queue.post(alone, Priority{1});
        run.queue.post(behind, Priority{1000});
        run.queue.template pushPrioritisedEvent<Numbered>(ORIGIN, Priority{1001}, 4);
        run.queue.template pushPrioritisedEvent<Numbered>(ORIGIN, Priority{999}, 2);
        waiting = run.queue.size() - before;
    };
    run.onStarted = [&] { run.queue.template pushEvent<Numbered>(ORIGIN, 0); };
    run.queue.start();
    CHECK(waiting == 4);
    CHECK(run.processor.numbers == std::vector<int>{0, 2, -1, -2});
    CHECK(alone.calls == 1);
}

TEMPLATE_LIST_TEST_CASE("Queue: a wakeup that is alone in line can be withdrawn, is seen like others, and ends with the queue",
                        "[queue][wakeup]", QueueKinds) {
    Running<TestType> run;
    auto doomed = std::make_unique<TestWakeup>();
    TestWakeup seen;
    TestWakeup late;
    std::vector<std::uint64_t> ids;
    run.processor.onEvent = [&](Event &event) {
        ids.push_back(event.id());
        if (event.type() != Numbered::TYPE) return;
        run.queue.post(*doomed, DEFAULT_PRIORITY);
        doomed.reset();
        run.queue.post(seen, Priority{2000});
        run.processor.setWantsInternalEvents(true);
    };
    seen.onWake = [&] {
        run.queue.post(late, DEFAULT_PRIORITY);
        run.processor.finish();
    };
    run.onStarted = [&] { run.queue.template pushEvent<Numbered>(ORIGIN, 0); };
    run.queue.start();
    CHECK(seen.calls == 1);
    REQUIRE(ids.size() == 2);
    CHECK(ids[0] != ids[1]);
    CHECK(ids[1] != 0);
    CHECK(late.calls == 0);
    CHECK_FALSE(late.isPosted());
}

TEMPLATE_LIST_TEST_CASE("Queue: a wakeup that goes away while it is posted is forgotten", "[queue][wakeup]", QueueKinds) {
    Running<TestType> run;
    auto doomed = std::make_unique<TestWakeup>();
    TestWakeup withdrawn;
    TestWakeup last;
    last.onWake = [&] { run.processor.finish(); };
    run.onStarted = [&] {
        run.queue.post(*doomed, DEFAULT_PRIORITY);
        run.queue.post(withdrawn, DEFAULT_PRIORITY);
        run.queue.post(last, DEFAULT_PRIORITY);
        doomed.reset();
        withdrawn.withdraw();
    };
    run.queue.start();
    CHECK(withdrawn.calls == 0);
    CHECK(last.calls == 1);
}

TEMPLATE_LIST_TEST_CASE("Queue: wakeups are posted also without memory, and run in the order of posting", "[queue][wakeup]", QueueKinds) {
    constexpr std::size_t COUNT = 200; // more than fit into what the queue already has
    Running<TestType> run;
    std::array<TestWakeup, COUNT> wakeups;
    auto doomed = std::make_unique<TestWakeup>();
    std::size_t next = 0;
    int disorder = 0;
    for (std::size_t i = 0; i < COUNT; ++i) {
        wakeups[i].onWake = [&, i] {
            if (i != next++) ++disorder;
            if (i == 5) doomed.reset();
            run.quitWhen(next == COUNT - 1);
        };
    }
    run.onStarted = [&] {
        NoMemory none;
        for (std::size_t i = 0; i < COUNT - 1; ++i) run.queue.post(wakeups[i], DEFAULT_PRIORITY);
        run.queue.post(*doomed, DEFAULT_PRIORITY);
        run.queue.post(wakeups[COUNT - 1], DEFAULT_PRIORITY);
        wakeups[COUNT - 1].withdraw();
    };
    run.queue.start();
    CHECK(next == COUNT - 1);
    CHECK(disorder == 0);
    CHECK(wakeups[COUNT - 1].calls == 0);
}

TEMPLATE_LIST_TEST_CASE("Queue: a processor sees wakeups when it wants to, and they run in any case", "[queue][wakeup]", QueueKinds) {
    Running<TestType> run;
    TestWakeup first;
    TestWakeup second;
    second.onWake = [&] { run.processor.finish(); };
    int seen = 0;
    run.processor.setWantsInternalEvents(true);
    run.processor.onEvent = [&](Event &event) {
        CHECK(event.type() == ContinueEvent::TYPE);
        if (seen++ == 0) static_cast<ContinueEvent &>(event).run();
    };
    run.onStarted = [&] {
        run.queue.post(first, DEFAULT_PRIORITY);
        run.queue.post(second, DEFAULT_PRIORITY);
    };
    run.queue.start();
    CHECK(seen == 2);
    CHECK(first.calls == 1);
    CHECK(second.calls == 1);
}

TEMPLATE_LIST_TEST_CASE("Queue: timers are called in the order of their deadlines, not before them", "[queue][timer]", QueueKinds) {
    Running<TestType> run;
    std::array<TestTimer, 4> timers;
    std::array<int, 4> delays{15, 5, 10, 5};
    std::vector<int> order;
    int early = 0;
    for (int i = 0; i < 4; ++i) {
        auto &timer = timers[static_cast<std::size_t>(i)];
        timer.onDue = [&, i] {
            order.push_back(i);
            if (run.queue.now() < timer.deadline()) ++early;
            run.quitWhen(order.size() == 4);
        };
    }
    run.onStarted = [&] {
        TimePoint now = run.queue.now();
        for (std::size_t i = 0; i < 4; ++i) run.queue.armTimer(timers[i], now + std::chrono::milliseconds(delays[i]));
    };
    run.queue.start();
    CHECK(order == std::vector<int>{1, 3, 2, 0});
    CHECK(early == 0);
}

TEMPLATE_LIST_TEST_CASE("Queue: a timer may be armed again and others cancelled from inside one", "[queue][timer]", QueueKinds) {
    Running<TestType> run;
    TestTimer periodic;
    TestTimer cancelled;
    TestTimer dueAtTheSameTime;
    auto doomed = std::make_unique<TestTimer>();
    periodic.onDue = [&] {
        run.queue.disarmTimer(cancelled);
        run.queue.disarmTimer(dueAtTheSameTime); // posted by now
        doomed.reset();
        if (periodic.calls == 5) return run.processor.finish();
        run.queue.armTimer(periodic, periodic.deadline() + 1ms);
    };
    run.onStarted = [&] {
        TimePoint now = run.queue.now();
        run.queue.armTimer(periodic, now);
        run.queue.armTimer(dueAtTheSameTime, now);
        run.queue.armTimer(*doomed, now);
        run.queue.armTimer(cancelled, now + 2ms);
    };
    run.queue.start();
    CHECK(periodic.calls == 5);
    CHECK(cancelled.calls == 0);
    CHECK(dueAtTheSameTime.calls == 0);
}

TEMPLATE_LIST_TEST_CASE("Queue: a timer that is due and then armed anew is called at the new time only", "[queue][timer]", QueueKinds) {
    Running<TestType> run;
    TestTimer first;
    TestTimer moved;
    first.onDue = [&] { run.queue.armTimer(moved, run.queue.now() + 2ms); };
    moved.onDue = [&] { run.processor.finish(); };
    run.onStarted = [&] {
        TimePoint now = run.queue.now();
        run.queue.armTimer(first, now);
        run.queue.armTimer(moved, now);
    };
    run.queue.start();
    CHECK(moved.calls == 1);
}

TEMPLATE_LIST_TEST_CASE("Queue: a busy one still looks after timers and other threads", "[queue][timer]", QueueKinds) {
    if (!TestType::HAS_REAL_TIME) return;
    Running<TestType> run;
    TestTimer timer;
    TestSignal signal;
    timer.onDue = [&] { run.quitWhen(signal.calls > 0); };
    signal.handler = [&] { run.quitWhen(timer.calls > 0); };
    run.processor.onEvent = [&](Event &) { run.queue.template pushEvent<Numbered>(ORIGIN, 0); };
    run.onStarted = [&] {
        run.queue.template pushEvent<Numbered>(ORIGIN, 0);
        run.queue.armTimer(timer, run.queue.now() + 5ms);
    };
    std::thread other([&] {
        std::this_thread::sleep_for(5ms);
        run.queue.postSignal(signal);
    });
    run.queue.start();
    other.join();
    CHECK(timer.calls == 1);
    CHECK(signal.calls == 1);
}

TEMPLATE_LIST_TEST_CASE("Queue: a signal that is posted often before it is called is called once, and sees what was written before",
                        "[queue][signal]", QueueKinds) {
    Running<TestType> run;
    TestSignal signal;
    std::atomic<int> written{0};
    int seen = 0;
    signal.handler = [&] {
        seen = written.load(std::memory_order_relaxed);
        run.quitWhen(seen == 50'000);
    };
    std::thread other([&] {
        for (int i = 1; i <= 50'000; ++i) {
            written.store(i, std::memory_order_relaxed);
            run.queue.postSignal(signal);
        }
    });
    run.queue.start();
    other.join();
    CHECK(seen == 50'000);
    CHECK(signal.calls <= 50'000);
}

TEMPLATE_LIST_TEST_CASE("Queue: signals are withdrawn while other threads post them", "[queue][signal]", QueueKinds) {
    Running<TestType> run;
    std::array<TestSignal, 4> signals;
    TestSignal done;
    std::atomic<int> finished{0};
    int withdrawals = 0;
    for (TestSignal &signal : signals) {
        signal.handler = [&] {
            for (TestSignal &other : signals) run.queue.withdrawSignal(other);
            ++withdrawals;
        };
    }
    done.handler = [&] { run.quitWhen(finished.load() == 3); };
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 3; ++thread) {
        threads.emplace_back([&] {
            for (int i = 0; i < 5'000; ++i) {
                for (TestSignal &signal : signals) run.queue.postSignal(signal);
            }
            ++finished;
            run.queue.postSignal(done);
        });
    }
    run.queue.start();
    for (std::thread &thread : threads) thread.join();
    CHECK(withdrawals > 0);
    CHECK(finished == 3);
}

TEMPLATE_LIST_TEST_CASE("Queue: a signal that is destroyed while it is posted is not called", "[queue][signal]", QueueKinds) {
    Running<TestType> run;
    auto doomed = std::make_unique<TestSignal>();
    TestSignal first;
    TestSignal last;
    first.handler = [&] { doomed.reset(); };
    last.handler = [&] { run.processor.finish(); };
    run.onStarted = [&] {
        run.queue.postSignal(first);
        run.queue.postSignal(*doomed);
        run.queue.postSignal(last);
    };
    run.queue.start();
    CHECK(first.calls == 1);
    CHECK(last.calls == 1);
}

TEMPLATE_LIST_TEST_CASE("Queue: a bounded one refuses what is too much and takes it again when there is room", "[queue][capacity]",
                        QueueKinds) {
    QueueOptions options = TestType::options();
    options.capacity = 3;
    typename TestType::Queue queue(options);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    auto fill = [&] {
        CHECK(queue.template tryPushEvent<Numbered>(ORIGIN, 1));
        CHECK(queue.template pushEvent<Numbered>(ORIGIN, 2) != 0);
        CHECK_THROWS_AS(queue.template pushEvent<ThrowsWhenMade>(ORIGIN), std::runtime_error);
        CHECK(queue.template tryPushPrioritisedEvent<Huge>(ORIGIN, Priority{5}, 3));
        CHECK_FALSE(queue.template tryPushEvent<Numbered>(ORIGIN, 4));
        CHECK_THROWS_WITH(queue.template pushEvent<Numbered>(ORIGIN, 4), Catch::Contains("full") && Catch::Contains("3"));
        CHECK(queue.template pushInternal<Numbered>(ORIGIN, DEFAULT_PRIORITY, 5) != 0);
    };
    SECTION("from the thread's own") {
        processor.onStarted = [&] {
            TestType::prepare(queue);
            fill();
        };
    }
    SECTION("from others") { fill(); }
    int events = 0;
    int refusals = 0;
    processor.onEvent = [&](Event &) {
        ++events;
        // The one that is being processed still has its place.
        if (events == 1 && queue.template tryPushEvent<Numbered>(ORIGIN, 9)) ++refusals;
        if (events == 2 && !queue.template tryPushEvent<Numbered>(ORIGIN, 6)) ++refusals;
        if (events == 5) processor.finish();
    };
    queue.start();
    CHECK(refusals == 0);
    CHECK(processor.numbers == std::vector<int>{1, 2, 5, 6});
}

TEMPLATE_LIST_TEST_CASE("Queue: no place of a bounded one is lost or given twice by producers at once", "[queue][capacity]", QueueKinds) {
    QueueOptions options = TestType::options();
    options.capacity = 10;
    typename TestType::Queue queue(options);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    constexpr int EACH = 3'000;
    std::size_t mostWaiting = 0;
    int count = 0;
    processor.onEvent = [&](Event &) {
        mostWaiting = std::max(mostWaiting, queue.size());
        if (++count == 3 * EACH) processor.finish();
    };
    std::vector<std::thread> producers;
    for (int producer = 0; producer < 3; ++producer) {
        producers.emplace_back([&] {
            for (int i = 0; i < EACH;) {
                if (queue.template tryPushEvent<Numbered>(ORIGIN, i))
                    ++i;
                else
                    std::this_thread::yield();
            }
        });
    }
    queue.start();
    for (std::thread &producer : producers) producer.join();
    CHECK(count == 3 * EACH);
    CHECK(mostWaiting <= 10);
}

TEMPLATE_LIST_TEST_CASE("Queue: an allocation that fails during a push changes nothing", "[queue]", QueueKinds) {
    Running<TestType> run;
    int pushed = 0;
    int failures = 0;
    auto pushAll = [&] {
        for (int round = 0; round < 300; ++round) {
            for (std::size_t nth = 0;; ++nth) {
                std::size_t before = run.queue.size();
                FailingAllocation failing(nth);
                try {
                    if (round % 3 == 0)
                        run.queue.template pushEvent<Huge>(ORIGIN, pushed);
                    else
                        run.queue.template pushPrioritisedEvent<Numbered>(ORIGIN, Priority{static_cast<std::uint64_t>(round)}, pushed);
                    ++pushed;
                    break;
                } catch (std::bad_alloc const &) {
                    ++failures;
                    if (run.queue.size() != before) failures += 1'000'000;
                }
            }
        }
    };
    int events = 0;
    run.processor.onEvent = [&](Event &) { run.quitWhen(++events == 600); };
    pushAll();
    run.onStarted = pushAll;
    run.queue.start();
    CHECK(events == pushed);
    CHECK(failures > 300);
    CHECK(failures < 1'000'000);
}

TEMPLATE_LIST_TEST_CASE("Queue: aggregates are initialised member by member", "[queue]", QueueKinds) {
    Running<TestType> run;
    std::string seen;
    run.processor.onEvent = [&](Event &event) {
        seen += static_cast<Tick &>(event).b + std::to_string(static_cast<Tick &>(event).a);
        run.quitWhen(seen == "one1two2");
    };
    run.queue.template pushEvent<Tick>(ORIGIN, 1, "one");
    run.onStarted = [&] { run.queue.template pushEvent<Tick>(ORIGIN, 2, "two"); };
    run.queue.start();
    CHECK(seen == "one1two2");
}

TEMPLATE_LIST_TEST_CASE("Queue: work that is not in the queue is done in turns with its events, and before waiting", "[queue]",
                        QueueKinds) {
    Running<TestType> run;
    int steps = 0;
    int stepsAtLastEvent = 0;
    run.processor.onAdvance = [&] {
        if (++steps < 5) {
            run.processor.markWork();
            return true;
        }
        run.quitWhen(steps == 10);
        return steps < 10;
    };
    run.processor.onEvent = [&](Event &) { stepsAtLastEvent = steps; };
    run.onStarted = [&] {
        for (int i = 0; i < 3; ++i) run.queue.template pushEvent<Numbered>(ORIGIN, i);
        run.processor.markWork();
    };
    run.queue.start();
    CHECK(steps == 10);
    CHECK(run.processor.numbers.size() == 3);
    CHECK(stepsAtLastEvent > 0);
    CHECK(stepsAtLastEvent < 10);
}

TEMPLATE_LIST_TEST_CASE("Queue: one may run inside another, and what the inner one pushes to the outer one keeps its place", "[queue]",
                        QueueKinds) {
    Running<TestType> outer;
    Running<TestType> inner;
    inner.onStarted = [&] {
        outer.queue.template pushEvent<Numbered>(ORIGIN, 2);
        inner.processor.finish();
    };
    outer.processor.onEvent = [&](Event &event) {
        int number = static_cast<Numbered &>(event).number;
        if (number == 1) {
            inner.queue.start();
            CHECK(IEventQueue::current() == &outer.queue);
            outer.queue.template pushEvent<Numbered>(ORIGIN, 3);
        }
        outer.quitWhen(number == 3);
    };
    outer.onStarted = [&] { outer.queue.template pushEvent<Numbered>(ORIGIN, 1); };
    outer.queue.start();
    CHECK(outer.processor.numbers == std::vector<int>{1, 2, 3});
}

} // namespace Ichor::Testing
