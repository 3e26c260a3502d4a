#include <ichor/Ichor.h>
#include <ichor/event_queues/RealtimeQueue.h>
#include <ichor/services/testing/SteadyState.h>
#include <ichor/services/timer/TimerFactory.h>

#include <ichor/Config.h>

#include <event_queues/ChildProcess.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <ctime>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

// A queue that sleeps most of the time, and is woken by its timers and by another thread.

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

#if ICHOR_USE_SANITIZERS || ICHOR_USE_THREAD_SANITIZER
constexpr bool HAS_STEADY_STATE = false;
constexpr int TICKS = 1'000;
#else
constexpr bool HAS_STEADY_STATE = true;
constexpr int TICKS = 10'000;
#endif
constexpr int WARM_UP = TICKS / 10;

struct Urgent final : EventOf<Urgent> {};
struct Work final : EventOf<Work> {};
struct Due final : EventOf<Due> {};
struct FromOutside final : EventOf<FromOutside> {};

struct Tally {
    int ticks = 0;
    int urgent = 0;
    int work = 0;
    int due = 0;
    int slept = 0;
    int fromOutside = 0;

    [[nodiscard]] bool isComplete() const { return urgent > 0 && work > 0 && due > 0 && slept > 0 && fromOutside > 0; }
    void print(FILE *say) const {
        std::fprintf(say, "ticks %d, urgent %d, work %d, due %d, slept %d, from outside %d\n", ticks, urgent, work, due, slept,
                     fromOutside);
    }
};
Tally tally;

std::function<void()> onWarm;                         // when each thing has been done some times
std::function<void(IEventQueue &, IService &)> onEnd; // after so many ticks more

class Metronome final {
public:
    Metronome(DependencyManager &dm, IEventQueue &queue, IService &self, ITimerFactory &timers)
        : _queue(queue), _self(self), _urgent(dm.registerEventHandler<Urgent>(this, self)),
          _work(dm.registerEventHandler<Work>(this, self)), _due(dm.registerEventHandler<Due>(this, self)),
          _outside(dm.registerEventHandler<FromOutside>(this, self)), _plain(timers.createTimer()), _coroutine(timers.createTimer()) {
        _plain.setInterval(100us);
        _plain.setCallback([this] { tick(); });
        _plain.start();
        _coroutine.setInterval(700us);
        _coroutine.setCallback([]() -> Task<void> {
            co_await sleepFor(30us);
            ++tally.slept;
        });
        _coroutine.start();
    }

    void handleEvent(Urgent const &) { ++tally.urgent; }
    void handleEvent(Due const &) { ++tally.due; }
    void handleEvent(FromOutside const &) { ++tally.fromOutside; }
    Task<void> handleEvent(Work const &) {
        co_await yieldNow();
        co_await sleepFor(10us);
        ++tally.work;
    }

private:
    void tick() {
        ++tally.ticks;
        if (!_isWarm && tally.ticks >= WARM_UP && tally.isComplete()) {
            _isWarm = true;
            tally = {};
            onWarm();
        } else if (_isWarm && tally.ticks >= TICKS && tally.isComplete()) {
            _plain.stop();
            _coroutine.stop();
            return onEnd(_queue, _self);
        }
        _queue.pushPrioritisedEvent<Urgent>(_self.getServiceId(), Priority{10});
        if (tally.ticks % 2 == 0) _queue.pushEvent<Work>(_self.getServiceId());
        if (tally.ticks % 3 == 0) _queue.realtime()->pushEventBefore<Due>(_self.getServiceId(), _queue.now() + 1us);
    }

    IEventQueue &_queue;
    IService &_self;
    EventHandlerRegistration _urgent;
    EventHandlerRegistration _work;
    EventHandlerRegistration _due;
    EventHandlerRegistration _outside;
    Timer _plain;
    Timer _coroutine;
    bool _isWarm = false;
};

RealtimeSettings sleeping() {
    RealtimeSettings settings;
    settings.realtime = Realtime::BestEffort;
    settings.priorities = {Priority{10}};
    return settings;
}

void fill(RealtimeQueue &queue) {
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<TimerFactory, ITimerFactory>();
    dm.createServiceManager<Metronome>();
}

void pushUntil(std::atomic<bool> const &isOver, RealtimeQueue &queue) {
    while (!isOver) {
        queue.tryPushEvent<FromOutside>(ServiceId{});
        queue.tryPushPrioritisedEvent<Urgent>(ServiceId{}, Priority{10});
        queue.tryPushEventBefore<Due>(ServiceId{}, std::chrono::steady_clock::now() + 1ms);
        std::this_thread::sleep_for(50us);
    }
}

// ---- Which system calls the queue's thread makes

std::atomic<int> systemCalls{0};
std::atomic<int> firstSystemCall{-1};

void noteSystemCall(int, siginfo_t *info, void *) {
    if (systemCalls.fetch_add(1) == 0) firstSystemCall = info->si_syscall;
}

// From now on the calling thread makes no other system call than to wait, and to wake; all others are counted instead. Not to be undone.
bool forbidSystemCalls() {
    struct sigaction action {};
    action.sa_sigaction = &noteSystemCall;
    action.sa_flags = SA_SIGINFO;
    if (::sigaction(SIGSYS, &action, nullptr) != 0) return false;
    constexpr auto NUMBER = static_cast<std::uint32_t>(offsetof(seccomp_data, nr));
    constexpr auto FIRST_ARGUMENT = static_cast<std::uint32_t>(offsetof(seccomp_data, args));
    sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NUMBER),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 6, 0),           // the wait, and the wake-up of who waits
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_restart_syscall, 5, 0), // the wait, after the process was stopped
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 4, 0),    // of the handler above
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_gettime, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIRST_ARGUMENT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOCK_MONOTONIC, 1, 0), // a system call only where the machine has no clock for user space
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog const program{.len = sizeof(code) / sizeof(code[0]), .filter = code};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

} // namespace

TEST_CASE("RealtimeQueue: one that sleeps between ten thousand ticks of a timer allocates nothing and faults no page", "[realtime]") {
    ChildResult const result = inChildProcess([](FILE *say) {
        constexpr int ROUNDS = 3; // the kernel may move a page at any time, and that counts as a fault
        int clean = 0;
        bool isLocked = true;
        for (int round = 0; round < ROUNDS; ++round) {
            tally = {};
            std::optional<SteadyState> steady;
            SteadyStateCounts counts;
            onWarm = [&] { steady.emplace(); };
            onEnd = [&](IEventQueue &queue, IService &self) {
                counts = steady->counts();
                queue.pushEvent<QuitEvent>(self.getServiceId());
            };
            RealtimeQueue queue(sleeping());
            fill(queue);
            std::atomic<bool> isOver{false};
            std::thread outside([&] { pushUntil(isOver, queue); });
            queue.start();
            isOver = true;
            outside.join();
            tally.print(say);
            std::fprintf(say, "a round: %s\n", counts.toString().c_str());
            if (HAS_STEADY_STATE && counts.allocations != 0) std::fputs("WRONG: it allocated\n", say);
            if (counts.voluntarySwitches < TICKS / 10) std::fputs("WRONG: it did not sleep\n", say);
            if (counts.pageFaults() == 0) ++clean;
            isLocked = isLocked && queue.report().isComplete();
        }
        if (HAS_STEADY_STATE && isLocked && clean < 2) std::fputs("WRONG: it faulted\n", say);
        if (!isLocked) std::fputs("Page faults are not asserted: the system refused to lock memory, or SCHED_FIFO\n", say);
    });
    INFO(result.text);
    CHECK(result.status == 0);
    CHECK(result.text.find("WRONG") == std::string::npos);
    if (result.text.find("not asserted") != std::string::npos) WARN(result.text);
}

TEST_CASE("RealtimeQueue: its thread makes no system call but to wait and to wake, with events, deadlines, coroutines and timers",
          "[realtime]") {
    if (!HAS_STEADY_STATE) {
        WARN("left out: sanitizers make system calls of their own");
        return;
    }
    ChildResult const result = inChildProcess([](FILE *say) {
        static std::atomic<bool> isForbidden{false};
        static std::atomic<bool> isDone{false};
        static std::atomic<int> counted{0};
        static std::atomic<int> first{-1};
        onWarm = [] { isForbidden = forbidSystemCalls(); };
        onEnd = [](IEventQueue &, IService &) {
            counted = systemCalls.load();
            first = firstSystemCall.load();
            ::syscall(SYS_getppid); // one is counted
            isDone = true;
        };
        // Neither ends before the process does: ending takes system calls.
        auto *const queue = new RealtimeQueue(sleeping());
        fill(*queue);
        std::thread([queue] { queue->start(); }).detach();
        pushUntil(isDone, *queue);
        tally.print(say);
        std::fprintf(say, "%d system calls, the first is %d\n", counted.load(), first.load());
        if (counted != 0) std::fputs("WRONG: system calls\n", say);
        if (isForbidden && systemCalls != counted + 1) std::fputs("WRONG: they were not counted\n", say);
        if (!isForbidden) std::fputs("REFUSED\n", say);
    });
    INFO(result.text);
    CHECK(result.status == 0);
    CHECK(result.text.find("WRONG") == std::string::npos);
    if (result.text.find("REFUSED") != std::string::npos) WARN("not tested: seccomp was refused here");
}
