// Timers, timeouts, and waiting for several things or for each other.

#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <ichor/services/timer/TimerFactory.h>

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

using Journal = std::vector<std::string>;
Journal journal; // what happened, and when

struct Reply {
    int value = 0;
};

struct IWaiter {
    virtual ~IWaiter() = default;
    virtual Task<void> run(std::string_view what) = 0;
};

/// Another service that takes its time.
class Client final {
public:
    explicit Client(Duration takes) : _takes(takes) {}
    Task<Reply> call() {
        co_await sleepFor(_takes);
        co_return Reply{42};
    }

private:
    Duration _takes;
};

class Waiter final : public IWaiter {
public:
    Waiter(ITimerFactory &timers, IEventQueue &queue, IService &self) : _timers(timers), _queue(queue), _self(self) {}

    Task<void> run(std::string_view what) override {
        _begin = _queue.now();
        if (what == "coroutine timer") pollEvery100ms();
        if (what == "plain timer") tickEvery100ms();
        if (what == "sleep") co_await sleeps();
        if (what == "timeout") co_await timesOut();
        if (what == "whenAll") co_await waitsForBoth();
        if (what == "events") co_await waitsForEvents();
        if (what == "mutex") co_await whenAll(locks("one"), locks("two"));
        if (what == "spawn") _self.spawn(background());
    }

private:
    void note(std::string_view what) {
        auto const time = std::chrono::duration_cast<std::chrono::milliseconds>(_queue.now() - _begin);
        journal.push_back(std::to_string(time.count()) + " " + std::string(what));
    }

    void pollEvery100ms() {
        Timer timer = _timers.createTimer();
        timer.setInterval(100ms);
        timer.setCallback([this]() -> Task<void> { co_await poll(); });
        timer.start(Fire::AFTER_INTERVAL);
        _timer = std::move(timer);
    }
    Task<void> poll() {
        note("poll");
        co_await _timers.sleep(1ms);
        note("polled");
    }
    void tickEvery100ms() {
        _timer = _timers.createTimer();
        _timer.setInterval(100ms);
        _timer.setCallback([this] { note("tick"); });
        _timer.start(Fire::AT_ONCE);
    }
    Task<void> sleeps() {
        co_await _timers.sleep(10ms);
        note("woke");
    }
    Task<void> timesOut() {
        Client client(1s);
        Expected<Reply, Cancelled> reply = co_await withTimeout(2s, client.call());
        note(reply && reply->value == 42 ? "reply" : "no reply");
        Client slow(3s);
        reply = co_await withTimeout(2s, slow.call());
        note(reply ? "reply" : "no reply");
    }
    Task<int> first() {
        co_await _timers.sleep(20ms);
        co_return 1;
    }
    Task<std::string> second() {
        co_await _timers.sleep(30ms);
        co_return "two";
    }
    Task<void> waitsForBoth() {
        auto [a, b] = co_await whenAll(first(), second());
        note(std::to_string(a) + " and " + b);
    }
    Task<void> waitsForEvents() {
        AsyncManualResetEvent &event = _manual;
        _self.spawn(setsEvents());
        co_await event;
        note("through the door");
        co_await event; // it stays open
        event.reset();
        co_await _automatic;
        note("through the turnstile");
        CHECK_FALSE(event.isSet());
        CHECK_FALSE(_automatic.isSet()); // it lets one through
    }
    Task<void> setsEvents() {
        co_await _timers.sleep(10ms);
        _manual.set();
        co_await _timers.sleep(10ms);
        _automatic.set();
    }
    Task<void> locks(std::string who) {
        AsyncSingleThreadedMutex &mutex = _mutex;
        auto lock = co_await mutex.lock();
        note(who + " has it");
        co_await _timers.sleep(10ms);
        note(who + " gives it back");
    }
    Task<void> background() {
        struct Farewell {
            ~Farewell() { journal.emplace_back("ended with its service"); }
        } const farewell{};
        note("background");
        co_await _timers.sleep(1h);
        note("never reached");
    }

    ITimerFactory &_timers;
    IEventQueue &_queue;
    IService &_self;
    Timer _timer;
    TimePoint _begin{};
    AsyncManualResetEvent _manual;
    AsyncAutoResetEvent _automatic;
    AsyncSingleThreadedMutex _mutex;
};

/// What the waiter wrote within that time, from the moment when it began.
Journal journalOf(std::string_view what, Duration time) {
    journal.clear();
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<TimerFactory, ITimerFactory>();
    ServiceId const id = dm.createServiceManager<Waiter, IWaiter>();
    queue.runUntilIdle();
    queue.pushEvent<RunFunctionEventAsync>(id, [&dm, id, what]() -> Task<void> { co_await dm.getService<IWaiter>(id)->run(what); });
    queue.advance(time);
    Journal const until = journal;
    dm.removeService(id);
    queue.runUntilIdle();
    if (journal.size() > until.size()) return journal;
    queue.advance(1s);
    CHECK(journal == until); // timers die with their service
    dm.quit();
    queue.runUntilIdle();
    return journal;
}

} // namespace

TEST_CASE("API: a timer calls a coroutine or a function once an interval", "[api]") {
    CHECK(journalOf("coroutine timer", 250ms) == Journal{"100 poll", "101 polled", "200 poll", "201 polled"});
    CHECK(journalOf("plain timer", 150ms) == Journal{"0 tick", "100 tick"});
}

TEST_CASE("API: a coroutine sleeps without its thread", "[api]") { CHECK(journalOf("sleep", 1s) == Journal{"10 woke"}); }

TEST_CASE("API: what takes longer than its timeout is cancelled", "[api]") {
    CHECK(journalOf("timeout", 10s) == Journal{"1000 reply", "3000 no reply"});
}

TEST_CASE("API: several operations run side by side", "[api]") { CHECK(journalOf("whenAll", 1s) == Journal{"30 1 and two"}); }

TEST_CASE("API: events wake who awaits them", "[api]") {
    CHECK(journalOf("events", 1s) == Journal{"10 through the door", "20 through the turnstile"});
}

TEST_CASE("API: a mutex keeps coroutines apart", "[api]") {
    CHECK(journalOf("mutex", 1s) == Journal{"0 one has it", "10 one gives it back", "10 two has it", "20 two gives it back"});
}

TEST_CASE("API: what a service spawned ends with it", "[api]") {
    CHECK(journalOf("spawn", 1s) == Journal{"0 background", "ended with its service"});
}
