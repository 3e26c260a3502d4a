#include <ichor/event_queues/Doorbell.h>

#include <event_queues/ScriptedProcessor.h>

#include <ichor/coroutines/RemoteSignal.h>
#include <ichor/event_queues/ILoopDriver.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/QueueOptions.h>
#include <ichor/event_queues/SteadyClock.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Detail;
using Ichor::Testing::Numbered;
using Ichor::Testing::ScriptedProcessor;

namespace {

constexpr ServiceId ORIGIN{7};

struct Sleeps {
    std::vector<std::function<void()>> during; // what happens in each, in turn
    std::size_t count = 0;
    std::atomic<int> wakes{0};
};

/// Falls asleep for as long as something happens.
class ScriptedDriver final : public ILoopDriver {
public:
    explicit ScriptedDriver(Sleeps &sleeps) noexcept : _sleeps(sleeps) {}

    void attach(EventLoop &) override {}
    [[nodiscard]] TimePoint now() const noexcept override { return steadyNow(); }
    void wait(Doorbell &doorbell, TimePoint) noexcept override {
        if (!doorbell.fallAsleep()) return;
        _sleeps.during.at(_sleeps.count++)();
        doorbell.wakeUp();
    }
    void wake(Doorbell &) noexcept override { ++_sleeps.wakes; }
    void poll() noexcept override {}
    [[nodiscard]] bool hasPolling() const noexcept override { return false; }
    [[nodiscard]] IReadiness *readiness() noexcept override { return nullptr; }

private:
    Sleeps &_sleeps;
};

class ScriptedQueue final : public IEventQueue {
public:
    explicit ScriptedQueue(Sleeps &sleeps) : IEventQueue(std::make_unique<ScriptedDriver>(sleeps), QueueOptions{}) {}
};

class CountedSignal final : public RemoteSignal {
public:
    int calls = 0;
    void onSignal() noexcept override { ++calls; }
};

} // namespace

TEST_CASE("Doorbell: a loop that sleeps is woken once for all that comes, and one that is awake never", "[doorbell]") {
    Sleeps sleeps;
    ScriptedQueue queue(sleeps);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    CountedSignal signal;
    auto const fromAnotherThread = [](std::function<void()> work) { std::thread(std::move(work)).join(); };

    processor.onStarted = [&] {
        fromAnotherThread([&] {
            for (int i = 0; i < 3; ++i) queue.pushEvent<Numbered>(ORIGIN, i);
            queue.postSignal(signal);
        });
        CHECK(sleeps.wakes == 0);
    };
    sleeps.during = {[&] {
                         CHECK(signal.calls == 1);
                         fromAnotherThread([&] {
                             for (int i = 3; i < 6; ++i) queue.pushEvent<Numbered>(ORIGIN, i);
                             queue.postSignal(signal);
                         });
                         CHECK(sleeps.wakes == 1);
                     },
                     [&] {
                         CHECK(signal.calls == 2);
                         fromAnotherThread([&] { queue.postSignal(signal); });
                         CHECK(sleeps.wakes == 2);
                     },
                     [&] {
                         CHECK(signal.calls == 3);
                         fromAnotherThread([&] { queue.quit(); });
                         CHECK(sleeps.wakes == 3);
                     }};
    CHECK(queue.start() == 0);
    CHECK(sleeps.count == 3);
    CHECK(processor.numbers == std::vector<int>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("Doorbell: no event is left lying when it comes as the loop falls asleep, or answers another", "[doorbell]") {
    constexpr unsigned PRODUCERS = 3;
    constexpr int EACH = 3'000;
    PriorityQueue queue;
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    std::array<std::atomic<int>, PRODUCERS> handled{};
    processor.onEvent = [&](Event &event) {
        auto const &numbered = static_cast<Numbered &>(event);
        handled[static_cast<std::size_t>(numbered.producer)] = numbered.number;
    };
    std::vector<std::thread> producers;
    for (unsigned producer = 0; producer < PRODUCERS; ++producer) {
        producers.emplace_back([&, producer] {
            // Each waits for its event before it pushes the next, so the loop is asleep most of the time.
            for (int number = 1; number <= EACH; ++number) {
                queue.pushEvent<Numbered>(ORIGIN, number, static_cast<int>(producer));
                while (handled[producer] != number) std::this_thread::yield();
            }
        });
    }
    std::thread ending([&] {
        for (std::thread &producer : producers) producer.join();
        queue.quit();
    });
    CHECK(queue.start() == 0);
    ending.join();
    for (std::atomic<int> const &last : handled) CHECK(last == EACH);
}
