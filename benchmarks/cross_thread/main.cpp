// Messages from other threads: from one and from eight producers into one queue, and to and fro between two managers, asleep and
// spinning, with percentiles of the round trip; and the same to and fro by a word of memory alone, which is what the machine has for it.

#include "../common/Percentiles.h"
#include "../common/Suite.h"

#include <atomic>
#include <ichor/Ichor.h>
#include <ichor/event_queues/Futex.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/SteadyClock.h>
#include <latch>
#include <thread>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct Message final : EventOf<Message> {
    explicit Message(std::uint64_t value) : number(value) {}
    std::uint64_t number;
};

/// Counts messages, and quits after the last.
class Consumer final {
public:
    Consumer(DependencyManager &dm, IEventQueue &queue, IService &self)
        : _queue(queue), _self(self), _left(self.getProperties().getOr<std::uint64_t>("Count", 0)),
          _handler(dm.registerEventHandler<Message>(this, self)) {}

    void handleEvent(Message const &) {
        if (--_left == 0) _queue.pushEvent<QuitEvent>(_self.getServiceId());
    }

private:
    IEventQueue &_queue;
    IService &_self;
    std::uint64_t _left;
    EventHandlerRegistration _handler;
};

Benchmarks::Measurement produce(unsigned producers, std::uint64_t count) {
    std::uint64_t const each = count / producers;
    PriorityQueue queue;
    queue.createManager().createServiceManager<Consumer>(Properties{{"Count", each * producers}});
    std::latch ready(producers + 1);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < producers; ++i) {
        threads.emplace_back([&] {
            ready.arrive_and_wait();
            for (std::uint64_t number = 0; number < each; ++number) queue.pushEvent<Message>(ServiceId{}, number);
        });
    }
    ready.arrive_and_wait();
    auto const begin = Benchmarks::Clock::now();
    Benchmarks::require(queue.start() == 0, "the queue ended with an error");
    auto const took = Benchmarks::nanosecondsSince(begin);
    for (std::thread &thread : threads) thread.join();
    return {.operations = each * producers, .nanoseconds = took, .figures = {}, .part = {}};
}

/// Sends each message back to where it came from.
class Answerer final {
public:
    Answerer(DependencyManager &dm, IService &self)
        : _to(*self.getProperties().getOr<IEventQueue *>("To", nullptr)), _self(self.getServiceId()),
          _handler(dm.registerEventHandler<Message>(this, self)) {}

    void handleEvent(Message const &message) { _to.pushEvent<Message>(_self, message.number); }

private:
    IEventQueue &_to;
    ServiceId _self;
    EventHandlerRegistration _handler;
};

/// Sends a message, and the next when the answer has come.
class Asker final {
public:
    Asker(DependencyManager &dm, IService &self)
        : _to(*self.getProperties().getOr<IEventQueue *>("To", nullptr)), _self(self),
          _times(*self.getProperties().getOr<Benchmarks::Percentiles *>("Times", nullptr)),
          _handler(dm.registerEventHandler<Message>(this, self)) {
        ask();
    }

    void handleEvent(Message const &) {
        _times.add(Benchmarks::nanosecondsSince(_asked));
        if (_times.isFull()) {
            _to.quit();
            _self.getEventQueue().quit();
            return;
        }
        ask();
    }

private:
    void ask() {
        _asked = Benchmarks::Clock::now();
        _to.pushEvent<Message>(_self.getServiceId(), 0U);
    }

    IEventQueue &_to;
    IService &_self;
    Benchmarks::Percentiles &_times;
    Benchmarks::Clock::time_point _asked;
    EventHandlerRegistration _handler;
};

Benchmarks::Measurement pingPong(Duration spin, std::uint64_t count) {
    PriorityQueue here{QueueOptions{.spin = spin}};
    PriorityQueue there{QueueOptions{.spin = spin}};
    Benchmarks::Percentiles times(count);
    there.createManager().createServiceManager<Answerer>(Properties{{"To", static_cast<IEventQueue *>(&here)}});
    here.createManager().createServiceManager<Asker>(Properties{{"To", static_cast<IEventQueue *>(&there)}, {"Times", &times}});
    int statusThere = 1;
    auto const begin = Benchmarks::Clock::now();
    std::thread thread([&] { statusThere = there.start(); });
    int const statusHere = here.start();
    thread.join();
    auto const took = Benchmarks::nanosecondsSince(begin);
    Benchmarks::require(statusHere == 0 && statusThere == 0, "a queue ended with an error");
    return {.operations = count, .nanoseconds = took, .figures = times.figures(), .part = {}};
}

/// A number that one thread counts up and the other waits for.
struct alignas(64) Word {
    void set(std::uint32_t to) noexcept { value.store(to, std::memory_order_release); }
    void setAndWake(std::uint32_t to) noexcept {
        set(to);
        Detail::futexWake(value);
    }
    void spinUntil(std::uint32_t wanted) const noexcept {
        while (value.load(std::memory_order_acquire) != wanted) Detail::relaxProcessor();
    }
    void sleepUntil(std::uint32_t wanted) noexcept {
        for (auto now = value.load(std::memory_order_acquire); now != wanted; now = value.load(std::memory_order_acquire)) {
            Detail::futexWait(value, now, TimePoint::max());
        }
    }

    std::atomic<std::uint32_t> value{0};
};

/// What a round trip takes without queues.
template <auto SET, auto WAIT>
Benchmarks::Measurement bareRoundTrips(std::uint64_t count) {
    Word there;
    Word here;
    Benchmarks::Percentiles times(count);
    auto const begin = Benchmarks::Clock::now();
    std::thread thread([&] {
        for (std::uint32_t number = 1; number <= count; ++number) {
            (there.*WAIT)(number);
            (here.*SET)(number);
        }
    });
    for (std::uint32_t number = 1; number <= count; ++number) {
        auto const asked = Benchmarks::Clock::now();
        (there.*SET)(number);
        (here.*WAIT)(number);
        times.add(Benchmarks::nanosecondsSince(asked));
    }
    thread.join();
    return {.operations = count, .nanoseconds = Benchmarks::nanosecondsSince(begin), .figures = times.figures(), .part = {}};
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite({.name = "cross_thread", .operation = "message", .defaultCount = 2'000'000}, argc, argv);
    std::uint64_t const roundTrips = std::max<std::uint64_t>(suite.count() / 20, 1);
    suite.measureOwn("1 producer", 2, [&] { return produce(1, suite.count()); });
    suite.measureOwn("8 producers", 9, [&] { return produce(8, std::max<std::uint64_t>(suite.count(), 8)); });
    suite.measureOwn("ping-pong asleep", 2, [&] { return pingPong(0ns, roundTrips); });
    suite.measureOwn("ping-pong asleep, bare", 2, [&] { return bareRoundTrips<&Word::setAndWake, &Word::sleepUntil>(roundTrips); });
    suite.measureOwn("ping-pong spinning", 2, [&] { return pingPong(1ms, roundTrips * 4); });
    suite.measureOwn("ping-pong spinning, bare", 2, [&] { return bareRoundTrips<&Word::set, &Word::spinUntil>(roundTrips * 4); });
    return suite.finish();
}
