// A hundred thousand timers of one service are made, armed, cancelled, armed again and fired. The clock jumps to the next deadline, so
// that what is measured is work and not waiting.

#include "../common/Suite.h"

#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <ichor/services/timer/TimerFactory.h>
#include <random>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

using Benchmarks::Clock;

/// How long each step took.
struct Times {
    std::uint64_t make = 0;
    std::uint64_t arm = 0;
    std::uint64_t cancel = 0;
    std::uint64_t fire = 0;
};

class Owner final {
public:
    Owner(ITimerFactory &factory, IEventQueue &queue, IService &self)
        : _queue(queue), _self(self), _times(*self.getProperties().getOr<Times *>("Times", nullptr)) {
        make(factory, self.getProperties().getOr<std::uint64_t>("Count", 0));
        _times.arm = timeOf([](Timer &timer) { timer.start(); });
        _times.cancel = timeOf([](Timer &timer) { timer.stop(); });
        timeOf([](Timer &timer) { timer.start(); });
        _began = Clock::now();
    }

private:
    void make(ITimerFactory &factory, std::uint64_t count) {
        std::mt19937_64 random(42);
        std::uniform_int_distribution<std::int64_t> interval(1'000'000, 10'000'000'000);
        auto const begin = Clock::now();
        _timers.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            Timer &timer = _timers.emplace_back(factory.createTimer());
            timer.setInterval(std::chrono::nanoseconds{interval(random)});
            timer.setFireMode(FireMode::ONCE);
            timer.setCallback([this] { fired(); });
        }
        _times.make = Benchmarks::nanosecondsSince(begin);
    }

    template <class F>
    std::uint64_t timeOf(F function) {
        auto const begin = Clock::now();
        for (Timer &timer : _timers) function(timer);
        return Benchmarks::nanosecondsSince(begin);
    }

    void fired() {
        if (++_fired < _timers.size()) return;
        _times.fire = Benchmarks::nanosecondsSince(_began);
        _queue.pushEvent<QuitEvent>(_self.getServiceId());
    }

    IEventQueue &_queue;
    IService &_self;
    Times &_times;
    std::vector<Timer> _timers;
    Clock::time_point _began;
    std::uint64_t _fired = 0;
};

Benchmarks::Measurement run(std::uint64_t count, std::uint64_t Times::*step) {
    Times times;
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<TimerFactory, ITimerFactory>();
    dm.createServiceManager<Owner>(Properties{{"Count", count}, {"Times", &times}});
    Benchmarks::require(queue.start() == 0, "the queue ended with an error");
    Benchmarks::require(times.fire != 0, "not all timers fired");
    return {.operations = count, .nanoseconds = times.*step, .figures = {}, .part = {}};
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite({.name = "timer", .operation = "timer", .defaultCount = 100'000, .memory = Benchmarks::Memory::KEPT_FOR_EACH},
                            argc, argv);
    suite.measureOwn("make", 1, [&] { return run(suite.count(), &Times::make); });
    suite.measureOwn("arm", 1, [&] { return run(suite.count(), &Times::arm); });
    suite.measureOwn("cancel", 1, [&] { return run(suite.count(), &Times::cancel); });
    suite.measureOwn("fire", 1, [&] { return run(suite.count(), &Times::fire); });
    return suite.finish();
}
