// A flood of low-priority events from two threads, and how long an urgent one from a third is delayed by it: from before its push to the
// start of its handler. Beside it the same without a flood, which is what it takes to wake the queue. Run as root, on a machine that does
// nothing else: it would measure the scheduler's time slices.

#include "../common/Percentiles.h"
#include "../common/Suite.h"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/RealtimeQueue.h>
#include <string>
#include <thread>
#include <vector>

#include <sched.h>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

constexpr unsigned PRODUCERS = 2;
constexpr int QUEUE_PRIORITY = 20; // of SCHED_FIFO
constexpr int URGENT_PRIORITY = 30;
constexpr std::size_t CAPACITY = 100'000;
constexpr std::size_t MOST_URGENT = 1'000'000;
constexpr Priority URGENT{10};
constexpr unsigned WORK =
    200; // of each low-priority event, about half a microsecond: less than it takes to push one, and the queue would sleep

struct Low final : EventOf<Low> {};
struct Urgent final : EventOf<Urgent> {
    explicit Urgent(Benchmarks::Clock::time_point when) noexcept : pushed(when) {}
    Benchmarks::Clock::time_point pushed;
};

enum class Carries : bool { A_PRIORITY, A_DEADLINE };

struct Flood {
    std::uint64_t low = 0;    // 0 = none
    std::uint64_t urgent = 0; // as many, or until the flood is over
    Benchmarks::Percentiles delays{MOST_URGENT};
    std::atomic<bool> hasBegun{false};
    std::atomic<bool> isOver{false};
};

class Worker final {
public:
    Worker(DependencyManager &dm, IEventQueue &queue, IService &self)
        : _queue(queue), _self(self), _flood(*self.getProperties().getOr<Flood *>("Flood", nullptr)), _left(_flood.low),
          _low(dm.registerEventHandler<Low>(this, self)), _urgent(dm.registerEventHandler<Urgent>(this, self)) {
        _flood.hasBegun = true;
    }

    void handleEvent(Low const &) {
        for (unsigned i = 0; i < WORK; ++i) _state = _state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        if (--_left == 0) end();
    }
    void handleEvent(Urgent const &event) {
        if (!_flood.delays.isFull()) _flood.delays.add(Benchmarks::nanosecondsSince(event.pushed));
        if (_flood.delays.count() == _flood.urgent) end();
    }

private:
    void end() {
        Benchmarks::require(_state != 0, "the work was left out");
        _flood.isOver = true;
        _queue.pushEvent<QuitEvent>(_self.getServiceId());
    }

    IEventQueue &_queue;
    IService &_self;
    Flood &_flood;
    std::uint64_t _state = 1;
    std::uint64_t _left;
    EventHandlerRegistration _low;
    EventHandlerRegistration _urgent;
};

void pinTo(unsigned cpu) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(cpu, &cpus);
    ::sched_setaffinity(0, sizeof(cpus), &cpus);
}

void pushLow(IEventQueue &queue, Flood const &flood, unsigned cpu, std::uint64_t count) {
    pinTo(cpu);
    for (; count > 0 && !flood.isOver; --count) {
        while (!queue.tryPushEvent<Low>(ServiceId{}) && !flood.isOver) std::this_thread::yield(); // full
    }
}

// An event each 100 us, as from a device. It comes from a thread that the flood does not hold up.
void pushUrgent(RealtimeQueue &queue, Flood const &flood, unsigned cpu, Carries carries) {
    pinTo(cpu);
    sched_param const parameter{.sched_priority = URGENT_PRIORITY};
    ::sched_setscheduler(0, SCHED_FIFO, &parameter);
    while (!flood.isOver) {
        std::this_thread::sleep_for(100us);
        if (!flood.hasBegun) continue; // the queue takes and locks its memory first
        auto const now = Benchmarks::Clock::now();
        if (carries == Carries::A_DEADLINE) {
            queue.tryPushEventBefore<Urgent>(ServiceId{}, now + 1ms, now);
        } else {
            queue.tryPushPrioritisedEvent<Urgent>(ServiceId{}, URGENT, now);
        }
    }
}

Benchmarks::Measurement measure(std::uint64_t low, std::uint64_t urgent, Carries carries) {
    unsigned const cpus = std::max(1U, std::thread::hardware_concurrency());
    RealtimeSettings settings;
    settings.realtime = Realtime::BestEffort;
    settings.priority = QUEUE_PRIORITY;
    settings.cpus = {cpus - 1};
    settings.capacity = CAPACITY;
    settings.priorities = {URGENT};
    settings.onWarning = [](std::string_view text) { fmt::print(stderr, "Without all of realtime this means little.\n{}", text); };
    RealtimeQueue queue(settings);
    Flood flood{.low = low / PRODUCERS * PRODUCERS, .urgent = urgent};
    queue.createManager().createServiceManager<Worker>(Properties{{"Flood", &flood}});

    // Where there are processors enough, each has its own; else all others share the one that is not the queue's.
    unsigned const last = cpus > PRODUCERS + 1 ? PRODUCERS : 0;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < PRODUCERS && low > 0; ++i) {
        threads.emplace_back([&, i] { pushLow(queue, flood, std::min(i, last), low / PRODUCERS); });
    }
    threads.emplace_back([&] { pushUrgent(queue, flood, last, carries); });
    auto const begin = Benchmarks::Clock::now();
    int const status = queue.start();
    auto const took = Benchmarks::nanosecondsSince(begin);
    flood.isOver = true;
    for (std::thread &thread : threads) thread.join();
    Benchmarks::require(status == 0, "the queue ended with an error");
    return {.operations = low > 0 ? flood.low : urgent, .nanoseconds = took, .figures = flood.delays.figures(), .part = {}};
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite({.name = "realtime", .operation = "event", .defaultCount = 10'000'000}, argc, argv);
    std::uint64_t const alone = std::max<std::uint64_t>(suite.count() / 1'000, 1);
    suite.measureOwn("urgent alone", 2, [&] { return measure(0, alone, Carries::A_PRIORITY); });
    suite.measureOwn("urgent in a flood", PRODUCERS + 2, [&] { return measure(suite.count(), MOST_URGENT, Carries::A_PRIORITY); });
    suite.measureOwn("deadline in a flood", PRODUCERS + 2, [&] { return measure(suite.count(), MOST_URGENT, Carries::A_DEADLINE); });
    return suite.finish();
}
