#include <ichor/Ichor.h>
#include <ichor/event_queues/RealtimeQueue.h>
#include <ichor/services/testing/SteadyState.h>
#include <ichor/services/timer/TimerFactory.h>

#include <ichor/Config.h>

#include <event_queues/ChildProcess.h>

#include <atomic>
#include <cstddef>
#include <optional>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

// Sanitizers keep freed memory and coroutine frames for themselves: there is no steady state to see, only that all this runs.
#if ICHOR_USE_SANITIZERS || ICHOR_USE_THREAD_SANITIZER
constexpr bool HAS_STEADY_STATE = false;
constexpr std::uint64_t EVENTS = 20'000;
#else
constexpr bool HAS_STEADY_STATE = true;
constexpr std::uint64_t EVENTS = 1'000'000;
#endif
constexpr std::uint64_t WARM_UP = EVENTS / 10;
// The kernel may move a page at any time, and that counts as a fault: most rounds are without one, and all without an allocation.
constexpr int ROUNDS = 5;
constexpr int CLEAN_ROUNDS = 3;

struct Beat final : EventOf<Beat> {};
struct Urgent final : EventOf<Urgent> {};
struct Work final : EventOf<Work> {
    explicit Work(std::uint64_t n) noexcept : number(n) {}
    std::uint64_t number;
};
struct Due final : EventOf<Due> {};
struct FromOutside final : EventOf<FromOutside> {};

struct Outcome {
    std::uint64_t beats = 0;
    std::uint64_t urgent = 0;
    std::uint64_t work = 0;
    std::uint64_t due = 0;
    std::uint64_t ticks = 0;
    std::uint64_t slept = 0;
    std::uint64_t fromOutside = 0;
};
Outcome outcome;
std::vector<SteadyStateCounts> rounds;

/// Never idle: each beat pushes the next, now and then one of another priority, one whose handler is a coroutine; two timers run beside.
class Machine final {
public:
    Machine(DependencyManager &dm, IEventQueue &queue, IService &self, ITimerFactory &timers)
        : _queue(queue), _self(self), _beat(dm.registerEventHandler<Beat>(this, self)),
          _urgent(dm.registerEventHandler<Urgent>(this, self)), _work(dm.registerEventHandler<Work>(this, self)),
          _due(dm.registerEventHandler<Due>(this, self)), _outside(dm.registerEventHandler<FromOutside>(this, self)),
          _plainTimer(timers.createTimer()), _coroutineTimer(timers.createTimer()) {
        _plainTimer.setInterval(100us);
        _plainTimer.setCallback([] { ++outcome.ticks; });
        _plainTimer.start();
        _coroutineTimer.setInterval(300us);
        _coroutineTimer.setCallback([]() -> Task<void> {
            co_await sleepFor(50us);
            ++outcome.slept;
        });
        _coroutineTimer.start();
        _queue.pushEvent<Beat>(self.getServiceId());
    }

    void handleEvent(Beat const &) {
        ++outcome.beats;
        ++_inRound;
        // The other thread may not have run for a while.
        if (!_steady && _inRound >= WARM_UP && outcome.fromOutside > 0) beginRound();
        if (_steady && _inRound >= EVENTS && outcome.fromOutside > 0 && endRound()) return;
        if (_inRound % 4 == 0) _queue.pushPrioritisedEvent<Urgent>(_self.getServiceId(), Priority{10});
        if (_inRound % 5 == 0) _queue.realtime()->pushEventBefore<Due>(_self.getServiceId(), _queue.now() + _inRound % 7 * 1us);
        if (_inRound % 8 == 0) _queue.pushEvent<Work>(_self.getServiceId(), _inRound);
        _queue.pushEvent<Beat>(_self.getServiceId());
    }
    void handleEvent(Urgent const &) {
        ++_inRound;
        ++outcome.urgent;
    }
    void handleEvent(Due const &) {
        ++_inRound;
        ++outcome.due;
    }
    void handleEvent(FromOutside const &) {
        ++_inRound;
        ++outcome.fromOutside;
    }
    Task<void> handleEvent(Work const &event) {
        ++_inRound;
        outcome.work += co_await step(event.number);
    }

private:
    Task<std::uint64_t> step(std::uint64_t number) {
        co_await yieldNow();
        co_return number == 0 ? 0 : 1;
    }

    void beginRound() {
        outcome = {};
        _inRound = 0;
        _steady.emplace();
    }

    bool endRound() {
        rounds.push_back(_steady->counts());
        _steady.reset();
        if (rounds.back().pageFaults() == 0) ++_cleanRounds;
        bool const isDone = _cleanRounds == CLEAN_ROUNDS || rounds.size() == ROUNDS || rounds.back().allocations != 0;
        if (isDone) _queue.pushEvent<QuitEvent>(_self.getServiceId());
        _inRound = 0;
        return isDone;
    }

    IEventQueue &_queue;
    IService &_self;
    EventHandlerRegistration _beat;
    EventHandlerRegistration _urgent;
    EventHandlerRegistration _work;
    EventHandlerRegistration _due;
    EventHandlerRegistration _outside;
    Timer _plainTimer;
    Timer _coroutineTimer;
    std::optional<SteadyState> _steady;
    std::uint64_t _inRound = 0;
    int _cleanRounds = 0;
};

} // namespace

TEST_CASE("RealtimeQueue: a million events with handlers, deadlines, coroutines and timers allocate nothing and fault no page",
          "[realtime]") {
    ChildResult const result = inChildProcess([](FILE *say) {
        RealtimeSettings settings;
        settings.realtime = Realtime::BestEffort;
        settings.priorities = {Priority{10}};
        std::uint64_t misses = 0;
        settings.onMissedDeadline = [&](MissedDeadline const &) { ++misses; };
        RealtimeQueue queue(settings);
        DependencyManager &dm = queue.createManager();
        dm.createServiceManager<TimerFactory, ITimerFactory>();
        dm.createServiceManager<Machine>();
        std::atomic<bool> isOver{false};
        std::thread outside([&] {
            while (!isOver) {
                queue.tryPushEvent<FromOutside>(ServiceId{});
                queue.tryPushEventBefore<Due>(ServiceId{}, std::chrono::steady_clock::now());
                std::this_thread::sleep_for(20us);
            }
        });
        queue.start();
        isOver = true;
        outside.join();
        std::fprintf(say, "beats %lu, urgent %lu, work %lu, due %lu (%lu late), ticks %lu, slept %lu, from outside %lu\n", outcome.beats,
                     outcome.urgent, outcome.work, outcome.due, misses, outcome.ticks, outcome.slept, outcome.fromOutside);
        bool const isLocked = queue.report().isComplete();
        int clean = 0;
        for (SteadyStateCounts const &round : rounds) {
            std::fprintf(say, "a round: %s\n", round.toString().c_str());
            if (HAS_STEADY_STATE && round.allocations != 0) std::fputs("WRONG: it allocated\n", say);
            if (round.pageFaults() == 0) ++clean;
        }
        bool const isMissing = outcome.urgent == 0 || outcome.work == 0 || outcome.due == 0 || misses == 0 || outcome.ticks == 0 ||
                               outcome.slept == 0 || outcome.fromOutside == 0;
        if (isMissing) std::fputs("WRONG: something did not take part\n", say);
        if (HAS_STEADY_STATE && isLocked && clean < CLEAN_ROUNDS) std::fputs("WRONG: it faulted\n", say);
        if (!isLocked) std::fprintf(say, "Page faults are not asserted: %s\n", queue.report().toString().c_str());
    });
    INFO(result.text);
    CHECK(result.status == 0);
    CHECK(result.text.find("WRONG") == std::string::npos);
    if (!HAS_STEADY_STATE) WARN("with a sanitizer nothing is asserted of allocations and faults: " << result.text);
    if (result.text.find("not asserted") != std::string::npos) WARN(result.text);
}
