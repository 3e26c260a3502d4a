// A flood of low-priority events from two threads, and how long an urgent one from a third is delayed by it: from before its push to the
// start of its handler, and how much of that is left when the handler that ran is taken off. Beside it two measures of the machine: the
// same without a flood, which is what it takes to wake the queue, and the same flood without a queue, which is how often the processors
// themselves are held up. Then chains of events, with the queue's histograms and without: what measuring costs an event. Run as root, on a
// machine that does nothing else: it would measure the scheduler's time slices.

#include "../common/Suite.h"
#include "Handling.h"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <functional>
#include <ichor/Ichor.h>
#include <ichor/event_queues/RealtimeQueue.h>
#include <string>
#include <thread>
#include <vector>

#include <sched.h>
#include <sys/mman.h>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

constexpr unsigned PRODUCERS = 2;
constexpr int QUEUE_PRIORITY = 20; // of SCHED_FIFO
constexpr int URGENT_PRIORITY = 30;
constexpr std::size_t CAPACITY = 100'000;
constexpr std::size_t MOST_URGENT = 1'000'000;
constexpr Priority URGENT{10};

struct Low final : EventOf<Low> {};
struct Urgent final : EventOf<Urgent> {
    explicit Urgent(Benchmarks::Clock::time_point when) noexcept : pushed(when) {}
    Benchmarks::Clock::time_point pushed;
};

enum class Carries : bool { A_PRIORITY, A_DEADLINE };

struct Flood {
    std::uint64_t low = 0;    // 0 = none
    std::uint64_t urgent = 0; // as many, or until the flood is over
    Handling handling{MOST_URGENT};
    std::atomic<bool> hasBegun{false};
    std::atomic<bool> isOver{false};
};

unsigned processors() { return std::max(1U, std::thread::hardware_concurrency()); }

void pinTo(unsigned cpu) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(cpu, &cpus);
    ::sched_setaffinity(0, sizeof(cpus), &cpus);
}

bool makeUrgent(int priority) {
    sched_param const parameter{.sched_priority = priority};
    return ::sched_setscheduler(0, SCHED_FIFO, &parameter) == 0;
}

/// The threads that push. `pushLow` is called by two of them, and says whether there was room; `pushUrgent` by a third one each 100 us, as
/// if a device had something. That one is urgent itself, so that the flood does not hold it up between the time that it reads and its push.
class Pushers final {
public:
    Pushers(Flood &flood, std::function<bool()> const &pushLow, std::function<void(Benchmarks::Clock::time_point)> const &pushUrgent)
        : _flood(flood), _pushLow(pushLow), _pushUrgent(pushUrgent) {
        // Where there are processors enough, each has its own; else all share the one that is not the queue's.
        unsigned const last = processors() > PRODUCERS + 1 ? PRODUCERS : 0;
        for (unsigned i = 0; i < PRODUCERS && _flood.low > 0; ++i) {
            _threads.emplace_back([this, cpu = std::min(i, last)] { pushAllLow(cpu); });
        }
        _threads.emplace_back([this, last] { pushAllUrgent(last); });
    }
    Pushers(Pushers const &) = delete;
    Pushers &operator=(Pushers const &) = delete;
    ~Pushers() {
        _flood.isOver = true;
        for (std::thread &thread : _threads) thread.join();
    }

private:
    void pushAllLow(unsigned cpu) {
        pinTo(cpu);
        for (std::uint64_t left = _flood.low / PRODUCERS; left > 0 && !_flood.isOver; --left) {
            while (!_pushLow() && !_flood.isOver) std::this_thread::yield();
        }
    }

    void pushAllUrgent(unsigned cpu) {
        pinTo(cpu);
        makeUrgent(URGENT_PRIORITY);
        while (!_flood.isOver) {
            std::this_thread::sleep_for(100us);
            if (_flood.hasBegun) _pushUrgent(Benchmarks::Clock::now()); // the queue takes and locks its memory first
        }
    }

    Flood &_flood;
    std::function<bool()> _pushLow;
    std::function<void(Benchmarks::Clock::time_point)> _pushUrgent;
    std::vector<std::thread> _threads;
};

Benchmarks::Measurement measured(Flood &flood, Benchmarks::Clock::time_point begin) {
    std::uint64_t const took = Benchmarks::nanosecondsSince(begin);
    return {.operations = flood.low > 0 ? flood.low : flood.urgent, .nanoseconds = took, .figures = flood.handling.figures(), .part = {}};
}

// ---- With a queue ----

class Worker final {
public:
    Worker(DependencyManager &dm, IEventQueue &queue, IService &self)
        : _queue(queue), _self(self), _flood(*self.getProperties().getOr<Flood *>("Flood", nullptr)), _left(_flood.low),
          _low(dm.registerEventHandler<Low>(this, self)), _urgent(dm.registerEventHandler<Urgent>(this, self)) {
        _flood.hasBegun = true;
    }

    void handleEvent(Low const &) {
        _flood.handling.low();
        if (--_left == 0) end();
    }
    void handleEvent(Urgent const &event) {
        _flood.handling.urgent(event.pushed);
        if (_flood.handling.urgentCount() == _flood.urgent) end();
    }

private:
    void end() {
        _flood.isOver = true;
        _queue.pushEvent<QuitEvent>(_self.getServiceId());
    }

    IEventQueue &_queue;
    IService &_self;
    Flood &_flood;
    std::uint64_t _left;
    EventHandlerRegistration _low;
    EventHandlerRegistration _urgent;
};

Benchmarks::Measurement measure(std::uint64_t low, std::uint64_t urgent, Carries carries) {
    RealtimeSettings settings;
    settings.realtime = Realtime::BestEffort;
    settings.priority = QUEUE_PRIORITY;
    settings.cpus = {processors() - 1};
    settings.capacity = CAPACITY;
    settings.priorities = {URGENT};
    settings.onWarning = [](std::string_view text) { fmt::print(stderr, "Without all of realtime this means little.\n{}", text); };
    RealtimeQueue queue(settings);
    Flood flood{.low = low / PRODUCERS * PRODUCERS, .urgent = urgent};
    queue.createManager().createServiceManager<Worker>(Properties{{"Flood", &flood}});

    auto const pushUrgent = [&](Benchmarks::Clock::time_point now) {
        if (carries == Carries::A_DEADLINE) {
            queue.tryPushEventBefore<Urgent>(ServiceId{}, now + 1ms, now);
        } else {
            queue.tryPushPrioritisedEvent<Urgent>(ServiceId{}, URGENT, now);
        }
    };
    Pushers const pushers(
        flood, [&] { return queue.tryPushEvent<Low>(ServiceId{}); }, pushUrgent);
    auto const begin = Benchmarks::Clock::now();
    Benchmarks::require(queue.start() == 0, "the queue ended with an error");
    return measured(flood, begin);
}

// ---- What measuring costs ----

struct Link final : EventOf<Link> {};

/// Each event pushes the next.
class Chain final {
public:
    Chain(DependencyManager &dm, IEventQueue &queue, IService &self)
        : _queue(queue), _self(self.getServiceId()), _left(self.getProperties().getOr<std::uint64_t>("Count", 0)),
          _took(*self.getProperties().getOr<std::uint64_t *>("Took", nullptr)), _handler(dm.registerEventHandler<Link>(this, self)) {
        _queue.pushEvent<Link>(_self);
    }

    void handleEvent(Link const &) {
        if (--_left > 0) {
            _queue.pushEvent<Link>(_self);
            return;
        }
        _took += Benchmarks::nanosecondsSince(_begin);
        _queue.pushEvent<QuitEvent>(_self);
    }

private:
    IEventQueue &_queue;
    ServiceId _self;
    std::uint64_t _left;
    std::uint64_t &_took;
    Benchmarks::Clock::time_point _begin = Benchmarks::Clock::now();
    EventHandlerRegistration _handler;
};

enum class Histograms : bool { OFF, ON };

/// Adds to `took` how long the events of one chain took.
void runChain(std::uint64_t count, Histograms histograms, std::uint64_t &took) {
    RealtimeSettings settings;
    settings.realtime = Realtime::BestEffort;
    settings.priority = QUEUE_PRIORITY;
    settings.cpus = {processors() - 1};
    settings.isLatencyMeasured = histograms == Histograms::ON;
    RealtimeQueue queue(settings);
    queue.createManager().createServiceManager<Chain>(Properties{{"Count", count}, {"Took", &took}});
    Benchmarks::require(queue.start() == 0, "the queue ended with an error");
}

/// Both in turns, since the machine is not as fast in each second, and one of them as the result.
Benchmarks::Measurement measureChains(std::uint64_t count, Histograms result) {
    constexpr std::uint64_t TURNS = 10;
    std::uint64_t const each = std::max<std::uint64_t>(count / TURNS, 1);
    std::uint64_t with = 0;
    std::uint64_t without = 0;
    for (std::uint64_t turn = 0; turn < TURNS; ++turn) {
        runChain(each, Histograms::ON, with);
        runChain(each, Histograms::OFF, without);
    }
    double const difference = (static_cast<double>(with) - static_cast<double>(without)) / static_cast<double>(each * TURNS);
    return {.operations = each * TURNS,
            .nanoseconds = result == Histograms::ON ? with : without,
            .figures = {{"histogram_ns", difference}},
            .part = {}};
}

// ---- Without a queue ----

// Two counters instead of a queue: of no queue can more be expected on this machine.
struct Counters {
    alignas(64) std::atomic<std::size_t> low{0};                                                                // how many wait
    alignas(64) std::atomic<std::size_t> urgent{0};                                                             // how many came
    std::vector<Benchmarks::Clock::time_point> times = std::vector<Benchmarks::Clock::time_point>(MOST_URGENT); // of these

    [[nodiscard]] bool tryPushLow() noexcept {
        if (low.load(std::memory_order_relaxed) >= CAPACITY) return false;
        low.fetch_add(1, std::memory_order_relaxed);
        return true;
    }
    void pushUrgent(Benchmarks::Clock::time_point now) noexcept {
        std::size_t const count = urgent.load(std::memory_order_relaxed);
        if (count == times.size()) return;
        times[count] = now;
        urgent.store(count + 1, std::memory_order_release);
    }
};

void handleAll(Counters &counters, Flood &flood) {
    pinTo(processors() - 1);
    if (!makeUrgent(QUEUE_PRIORITY)) fmt::print(stderr, "Without realtime this means little.\n");
    flood.hasBegun = true;
    std::size_t handled = 0;
    for (std::uint64_t left = flood.low; left > 0;) {
        if (handled < counters.urgent.load(std::memory_order_acquire)) {
            flood.handling.urgent(counters.times[handled++]);
        } else if (counters.low.load(std::memory_order_relaxed) > 0) {
            flood.handling.low();
            counters.low.fetch_sub(1, std::memory_order_relaxed);
            --left;
        }
    }
    flood.isOver = true;
}

Benchmarks::Measurement measureMachine(std::uint64_t low) {
    Counters counters;
    Flood flood{.low = low / PRODUCERS * PRODUCERS, .urgent = MOST_URGENT};
    ::mlockall(MCL_CURRENT | MCL_FUTURE); // as the queue does
    Pushers const pushers(
        flood, [&] { return counters.tryPushLow(); }, [&](auto now) { counters.pushUrgent(now); });
    auto const begin = Benchmarks::Clock::now();
    std::thread(handleAll, std::ref(counters), std::ref(flood)).join();
    return measured(flood, begin);
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite({.name = "realtime", .operation = "event", .defaultCount = 10'000'000}, argc, argv);
    std::uint64_t const alone = std::max<std::uint64_t>(suite.count() / 1'000, 1);
    suite.measureOwn("urgent alone", 2, [&] { return measure(0, alone, Carries::A_PRIORITY); });
    suite.measureOwn("flood without a queue", PRODUCERS + 2, [&] { return measureMachine(suite.count()); });
    suite.measureOwn("urgent in a flood", PRODUCERS + 2, [&] { return measure(suite.count(), MOST_URGENT, Carries::A_PRIORITY); });
    suite.measureOwn("deadline in a flood", PRODUCERS + 2, [&] { return measure(suite.count(), MOST_URGENT, Carries::A_DEADLINE); });
    std::uint64_t const chain = std::max<std::uint64_t>(suite.count() / 5, 1);
    suite.measureOwn("chain", 1, [&] { return measureChains(chain, Histograms::ON); });
    suite.measureOwn("chain without histograms", 1, [&] { return measureChains(chain, Histograms::OFF); });
    return suite.finish();
}
