#include <ichor/event_queues/RealtimeQueue.h>

#include <ichor/Config.h>
#include <ichor/event_queues/RealtimeThread.h>
#include <ichor/model/Properties.h>

#include <event_queues/ChildProcess.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <fstream>
#include <thread>
#include <tuple>
#include <vector>

#include <sched.h>
#include <sys/prctl.h>

namespace Ichor::Testing {

/// As the contract makes its queues: with the options that all have. Where the system refuses realtime, it is tested without.
class RealtimeQueueWithOptions final : public RealtimeQueue {
public:
    explicit RealtimeQueueWithOptions(QueueOptions const &options) : RealtimeQueue(settingsFor(options)) {}

private:
    static RealtimeSettings settingsFor(QueueOptions const &options) {
        RealtimeSettings settings;
        settings.realtime = Realtime::BestEffort;
        settings.priority = 1;
        settings.capacity = options.capacity.value_or(settings.capacity);
        settings.isMemoryLocked = false; // hundreds of queues, and every thread's whole stack with each
        settings.stackBytes = settings.heapBytes = 0;
        return settings;
    }
};

struct RealtimeKind {
    using Queue = RealtimeQueueWithOptions;
    static constexpr bool HAS_REAL_TIME = true;
    static QueueOptions options() { return {}; }
    static void prepare(IEventQueue &) {}
};

using QueueKinds = std::tuple<RealtimeKind>;
using ReadinessKinds = std::tuple<RealtimeKind>;

} // namespace Ichor::Testing

#include <event_queues/QueueContract.h>
#include <event_queues/ReadinessContract.h>

namespace Ichor::Testing {

namespace {

// What the thread is given by a queue, as others see it.
struct ThreadState {
    int policy = ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
    int priority = 0;
    cpu_set_t cpus{};
    int slack = ::prctl(PR_GET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL);

    ThreadState() {
        sched_param parameter{};
        ::sched_getparam(0, &parameter);
        priority = parameter.sched_priority;
        ::sched_getaffinity(0, sizeof(cpus), &cpus);
    }
    bool operator==(ThreadState const &other) const {
        return policy == other.policy && priority == other.priority && CPU_EQUAL(&cpus, &other.cpus) != 0 && slack == other.slack;
    }
};

unsigned anAllowedCpu() {
    cpu_set_t cpus;
    ::sched_getaffinity(0, sizeof(cpus), &cpus);
    for (unsigned cpu = CPU_SETSIZE; cpu-- > 0;) {
        if (CPU_ISSET(cpu, &cpus)) return cpu;
    }
    return 0;
}

long lockedKilobytes() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        long kilobytes = 0;
        if (word == "VmLck:" && status >> kilobytes) return kilobytes;
    }
    return -1;
}

// What the sanitizers make of mlockall: nothing.
#if ICHOR_USE_SANITIZERS || ICHOR_USE_THREAD_SANITIZER
constexpr bool CAN_LOCK = false;
#else
constexpr bool CAN_LOCK = true;
#endif

RealtimeSettings bestEffort() {
    RealtimeSettings settings;
    settings.realtime = Realtime::BestEffort;
    return settings;
}

} // namespace

TEST_CASE("RealtimeQueue: its thread has what was asked for while it runs, and afterwards what it had before", "[realtime]") {
    ChildResult const result = inChildProcess([](FILE *say) {
        RealtimeSettings settings = bestEffort();
        settings.priority = 7;
        settings.cpus = {anAllowedCpu()};
        ThreadState const before;
        long const lockedBefore = lockedKilobytes();
        RealtimeQueue queue(settings);
        ScriptedProcessor &processor = ScriptedProcessor::of(queue);
        processor.onStarted = [&] {
            ThreadState const inside;
            std::fputs(queue.report().toString().c_str(), say);
            if (queue.report().isComplete()) {
                if (inside.policy != SCHED_FIFO || inside.priority != 7) std::fputs("WRONG scheduling\n", say);
                if (CPU_COUNT(&inside.cpus) != 1 || !CPU_ISSET(settings.cpus[0], &inside.cpus)) std::fputs("WRONG processors\n", say);
                if (CAN_LOCK && lockedKilobytes() == 0) std::fputs("WRONG lock\n", say);
                std::fputs("GRANTED\n", say);
            }
            processor.finish();
        };
        queue.start();
        if (!(ThreadState() == before)) std::fputs("WRONG afterwards\n", say);
        if (lockedKilobytes() != lockedBefore) std::fputs("WRONG lock afterwards\n", say);
    });
    INFO(result.text);
    CHECK(result.status == 0);
    CHECK(result.text.find("WRONG") == std::string::npos);
    if (result.text.find("GRANTED") == std::string::npos) WARN("not granted here, so only the giving back was tested:\n" << result.text);
}

TEST_CASE("RealtimeQueue: its thread has its policy back although it has lost the right to more than that", "[realtime]") {
    ChildResult const result = inChildProcess([](FILE *say) {
        RealtimeSettings settings = bestEffort();
        settings.isMemoryLocked = false;
        RealtimeQueue queue(settings);
        ScriptedProcessor &processor = ScriptedProcessor::of(queue);
        processor.onStarted = [&] {
            if (ThreadState().policy == SCHED_FIFO) std::fputs("GRANTED ", say);
            becomePlainUser();
            processor.finish();
        };
        queue.start();
        std::fprintf(say, "policy %d", ThreadState().policy);
    });
    INFO(result.text);
    CHECK(result.status == 0);
    CHECK_THAT(result.text, Catch::Contains("policy " + std::to_string(SCHED_OTHER)));
    if (result.text.find("GRANTED") == std::string::npos) WARN("not tested: SCHED_FIFO was refused here");
}

TEST_CASE("RealtimeQueue: memory stays locked until the last queue of the process has ended", "[realtime]") {
    if (!CAN_LOCK) {
        WARN("left out: the sanitizers make mlockall do nothing");
        return;
    }
    ChildResult const result = inChildProcess([](FILE *say) {
        RealtimeQueue outer(bestEffort());
        RealtimeQueue inner(bestEffort());
        ScriptedProcessor &outerProcessor = ScriptedProcessor::of(outer);
        ScriptedProcessor &innerProcessor = ScriptedProcessor::of(inner);
        innerProcessor.onStarted = [&] { innerProcessor.finish(); };
        outerProcessor.onStarted = [&] {
            inner.start();
            for (RealtimeShortfall const &shortfall : outer.report().shortfalls) {
                if (shortfall.subject == RealtimeShortfall::Subject::MEMORY_LOCK) std::fputs("refused", say);
            }
            std::fputs(lockedKilobytes() > 0 ? "locked" : "free", say);
            outerProcessor.finish();
        };
        outer.start();
        std::fputs(lockedKilobytes() > 0 ? "-locked" : "-free", say);
    });
    CHECK(result.status == 0);
    if (result.text.find("refused") != std::string::npos) {
        WARN("not tested: locking memory was refused here");
        return;
    }
    CHECK(result.text == "locked-free");
}

TEST_CASE("RealtimeQueue: a plain user is told what is missing and the commands that grant it, and a required one does not start",
          "[realtime]") {
    ChildResult const result = inChildProcess([](FILE *) {
        becomePlainUser();
        RealtimeQueue queue(RealtimeSettings{.priority = 42});
        ScriptedProcessor &processor = ScriptedProcessor::of(queue);
        processor.onStarted = [&] { processor.finish(); };
        queue.start();
    });
    INFO(result.text);
    CHECK(result.status == 99);
    CHECK_THAT(result.text, Catch::Contains("did not start") && Catch::Contains("SCHED_FIFO with priority 42 was refused") &&
                                Catch::Contains("CAP_SYS_NICE") && Catch::Contains("RLIMIT_RTPRIO") &&
                                Catch::Contains("sudo setcap cap_sys_nice") && Catch::Contains("rtprio 42\" | sudo tee -a "));
    if (CAN_LOCK) CHECK_THAT(result.text, Catch::Contains("RLIMIT_MEMLOCK") && Catch::Contains("memlock unlimited"));
}

TEST_CASE("RealtimeQueue: who has the right to SCHED_FIFO and is refused it is told of the budget of control groups", "[realtime]") {
    RealtimeShortfall const budget = Detail::fifoRefused(42, EPERM, true);
    CHECK(budget.subject == RealtimeShortfall::Subject::SCHEDULING);
    CHECK_THAT(budget.what, Catch::Contains("SCHED_FIFO with priority 42 was refused") && Catch::Contains("CONFIG_RT_GROUP_SCHED") &&
                                !Catch::Contains("neither CAP_SYS_NICE"));
    CHECK_THAT(budget.remedy, Catch::Contains("cpu.rt_runtime_us") && !Catch::Contains("setcap"));
    RealtimeShortfall const right = Detail::fifoRefused(42, EPERM, false);
    CHECK_THAT(right.what, Catch::Contains("neither CAP_SYS_NICE") && !Catch::Contains("CONFIG_RT_GROUP_SCHED"));
    CHECK_THAT(right.remedy, Catch::Contains("setcap cap_sys_nice,cap_ipc_lock+ep /") && Catch::Contains("ichor_realtime_test"));
}

TEST_CASE("RealtimeQueue: on best effort a plain user's queue says the same once, and runs", "[realtime]") {
    ChildResult const result = inChildProcess([](FILE *say) {
        becomePlainUser();
        RealtimeSettings settings = bestEffort();
        int warnings = 0;
        std::string warning;
        settings.onWarning = [&](std::string_view text) {
            ++warnings;
            warning = text;
        };
        RealtimeQueue queue(settings);
        ScriptedProcessor &processor = ScriptedProcessor::of(queue);
        processor.onEvent = [&](Event &) { processor.finish(); };
        queue.pushEvent<Numbered>(ORIGIN, 1);
        queue.start();
        std::fprintf(say, "%d events, %d warnings: %s", static_cast<int>(processor.numbers.size()), warnings, warning.c_str());
    });
    INFO(result.text);
    CHECK(result.status == 0);
    CHECK_THAT(result.text,
               Catch::Contains("1 events, 1 warnings: ") && Catch::Contains("CAP_SYS_NICE") && Catch::Contains("To grant it:"));
}

TEST_CASE("RealtimeQueue: processors that there are not are refused by name, and nothing of the thread stays changed", "[realtime]") {
    ChildResult const result = inChildProcess([](FILE *say) {
        ThreadState const before;
        RealtimeQueue queue(RealtimeSettings{.cpus = {anAllowedCpu(), 1023}});
        ScriptedProcessor::of(queue);
        try {
            queue.start();
        } catch (RealtimeUnavailable const &refused) {
            std::fputs(refused.report().shortfalls.front().what.c_str(), say);
        }
        if (!(ThreadState() == before)) std::fputs("WRONG afterwards\n", say);
    });
    INFO(result.text);
    CHECK(result.status == 0);
    CHECK_THAT(result.text, Catch::Contains(",1023 were refused") || Catch::Contains("Locking"));
    CHECK(result.text.find("WRONG") == std::string::npos);
}

TEST_CASE("RealtimeQueue: SCHED_DEADLINE is taken where the kernel grants it, and else refused with the reason", "[realtime]") {
    ChildResult const result = inChildProcess([](FILE *say) {
        RealtimeSettings settings = bestEffort();
        settings.deadlineBudget = DeadlineBudget{.runtime = 1ms, .deadline = 10ms, .period = 10ms};
        RealtimeQueue queue(settings);
        ScriptedProcessor &processor = ScriptedProcessor::of(queue);
        processor.onStarted = [&] {
            if (ThreadState().policy == SCHED_DEADLINE) std::fputs("GRANTED ", say);
            std::fputs(queue.report().toString().c_str(), say);
            processor.finish();
        };
        queue.start();
        if (ThreadState().policy != SCHED_OTHER) std::fputs("WRONG afterwards", say);
    });
    INFO(result.text);
    CHECK(result.status == 0);
    CHECK_THAT(result.text,
               Catch::StartsWith("GRANTED") || Catch::Contains("SCHED_DEADLINE with 1000000 ns in each 10000000 ns was refused"));
    CHECK(result.text.find("WRONG") == std::string::npos);
}

TEST_CASE("RealtimeQueue: one that polls busily takes events, timers and what other threads push", "[realtime]") {
    RealtimeSettings settings = bestEffort();
    settings.priority = 1;
    settings.isMemoryLocked = false;
    settings.whenIdle = WhenIdle::BUSY_POLL;
    RealtimeQueue queue(settings);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    TestTimer timer;
    std::thread other;
    timer.onDue = [&] {
        other = std::thread([&] {
            for (int i = 0; i < 100; ++i) queue.pushEvent<Numbered>(ORIGIN, i);
        });
    };
    processor.onStarted = [&] { queue.armTimer(timer, queue.now() + 1ms); };
    processor.onEvent = [&](Event &event) {
        if (static_cast<Numbered &>(event).number == 99) processor.finish();
    };
    queue.start();
    other.join();
    CHECK(processor.numbers.size() == 100);
    CHECK(timer.calls == 1);
}

TEST_CASE("RealtimeQueue: in a flood from two threads, what a third pushes with a low priority or a deadline is handled next",
          "[realtime]") {
#if ICHOR_USE_SANITIZERS || ICHOR_USE_THREAD_SANITIZER
    constexpr int URGENT = 200;
#else
    constexpr int URGENT = 2'000;
#endif
    bool const hasDeadline = GENERATE(false, true);
    RealtimeSettings settings = bestEffort();
    settings.priority = 1;
    settings.isMemoryLocked = false;
    settings.priorities = {Priority{10}};
    RealtimeQueue queue(settings);
    ScriptedProcessor &processor = ScriptedProcessor::of(queue);
    std::atomic<bool> isOver{false};
    std::atomic<std::uint64_t> started{0}; // handlers of the flood's events
    std::atomic<int> handled{0};           // urgent ones
    std::atomic<std::uint64_t> startedWhenHandled{0};
    processor.onEvent = [&](Event &event) {
        if (event.priority() == DEFAULT_PRIORITY) {
            ++started;
            return;
        }
        startedWhenHandled = started.load();
        if (++handled == URGENT) isOver = true;
    };
    std::vector<std::thread> flood;
    for (int i = 0; i < 2; ++i) {
        flood.emplace_back([&] {
            while (!isOver) {
                if (!queue.tryPushEvent<Numbered>(ORIGIN, 0)) std::this_thread::yield();
            }
        });
    }
    std::uint64_t mostBetween = 0;
    std::thread urgent([&] {
        for (int i = 1; i <= URGENT; ++i) {
            while (!(hasDeadline ? queue.tryPushEventBefore<Numbered>(ORIGIN, std::chrono::steady_clock::now(), 1)
                                 : queue.tryPushPrioritisedEvent<Numbered>(ORIGIN, Priority{10}, 1)))
                std::this_thread::yield(); // the flood has filled it
            std::uint64_t const startedBefore = started;
            while (handled < i) std::this_thread::yield();
            mostBetween = std::max(mostBetween, startedWhenHandled - std::min(startedBefore, startedWhenHandled.load()));
        }
        queue.quit();
    });
    queue.start();
    urgent.join();
    for (std::thread &thread : flood) thread.join();
    CHECK(started > 0);
    // One may have been chosen already.
    CHECK(mostBetween <= 1);
}

TEST_CASE("RealtimeQueue: whoever holds the lock of the inbox runs as urgently as the queue that waits for it", "[realtime]") {
    Priority const priority = GENERATE(Priority{10}, DEFAULT_PRIORITY); // what is urgent has an inbox of its own
    // One processor. A producer of low priority holds the lock, since its event is being moved in; a thread of middle priority then keeps
    // the processor; the queue, of high priority, wants the lock. Without inheritance the producer could not go on before the one in the
    // middle has ended.
    static std::atomic<bool> isHeld;
    static std::atomic<bool> mayGoOn;
    struct SlowToMove final : EventOf<SlowToMove> {
        SlowToMove() noexcept = default;
        SlowToMove(SlowToMove &&other) noexcept : EventOf<SlowToMove>(other) {
            auto const latest = std::chrono::steady_clock::now() + 5s;
            isHeld = true;
            while (!mayGoOn && std::chrono::steady_clock::now() < latest) {}
            timespec start{};
            timespec now{};
            ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
            do {
                ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
            } while ((now.tv_sec - start.tv_sec) * 1'000'000'000 + now.tv_nsec - start.tv_nsec < 2'000'000);
        }
    };

    ChildResult const result = inChildProcess([priority](FILE *say) {
        auto const becomeUrgent = [](int level) {
            sched_param const parameter{.sched_priority = level};
            return ::sched_setscheduler(0, SCHED_FIFO, &parameter) == 0;
        };
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(anAllowedCpu(), &one);
        if (::sched_setaffinity(0, sizeof(one), &one) != 0 || !becomeUrgent(40)) {
            std::fputs("refused", say);
            return;
        }
        RealtimeSettings settings = bestEffort();
        settings.priority = 30;
        settings.isMemoryLocked = false;
        settings.heapBytes = 0;
        RealtimeQueue queue(settings);
        ScriptedProcessor &processor = ScriptedProcessor::of(queue);
        std::atomic<bool> isRunning{false};
        std::atomic<bool> hasEnded{false};
        std::atomic<bool> isInTheMiddle{false};
        bool wasInverted = false;
        processor.onStarted = [&] { isRunning = true; };
        // This thread is the most urgent one, and so has to sleep for the others to run; what it waits for is said by flags.
        auto const waitFor = [](std::atomic<bool> const &flag) {
            for (int i = 0; i < 5'000 && !flag; ++i) std::this_thread::sleep_for(1ms);
        };

        std::thread high([&] {
            queue.start();
            hasEnded = true;
        });
        waitFor(isRunning);
        std::thread low([&] {
            becomeUrgent(10);
            queue.tryPushPrioritisedEvent<SlowToMove>(ORIGIN, priority);
        });
        waitFor(isHeld);
        std::thread middle([&] {
            becomeUrgent(20);
            isInTheMiddle = true;
            auto const latest = std::chrono::steady_clock::now() + 500ms;
            while (!hasEnded && !wasInverted) wasInverted = std::chrono::steady_clock::now() >= latest;
        });
        waitFor(isInTheMiddle);
        mayGoOn = true;
        queue.quit(); // takes no lock; wakes the queue, which then looks into its inbox
        middle.join();
        high.join();
        low.join();
        std::fputs(queue.report().isComplete() ? (wasInverted ? "inverted" : "inherited") : "refused", say);
    });
    CHECK(result.status == 0);
    if (result.text == "refused") {
        WARN("not tested: SCHED_FIFO was refused here");
        return;
    }
    CHECK(result.text == "inherited");
}

} // namespace Ichor::Testing
