#include <ichor/event_queues/IOUringQueue.h>

#include <ichor/event_queues/IReadiness.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <tuple>
#include <vector>

#include <pthread.h>
#include <sys/socket.h>

namespace Ichor::Testing {

using Tasks = IOUringOptions::Tasks;

/// With other options than the default ones.
template <Tasks TASKS, unsigned SUBMISSIONS, unsigned COMPLETIONS, unsigned BUFFERS = 4096>
class IOUringQueueWith final : public IOUringQueue {
public:
    explicit IOUringQueueWith(QueueOptions const &options)
        : IOUringQueue(options,
                       {.tasks = TASKS, .submissionEntries = SUBMISSIONS, .completionEntries = COMPLETIONS, .receiveBuffers = BUFFERS}) {}
    ~IOUringQueueWith() override = default;
};

struct IOUringKind {
    using Queue = IOUringQueue;
    static constexpr bool HAS_REAL_TIME = true;
    static QueueOptions options() { return {}; }
    static void prepare(IEventQueue &) {}
};

struct SpinningIOUringKind : IOUringKind {
    static QueueOptions options() {
        QueueOptions options;
        options.spin = std::chrono::microseconds(50);
        return options;
    }
};

/// As on kernels that have less.
struct CooperativeKind : IOUringKind {
    using Queue = IOUringQueueWith<Tasks::COOPERATIVE, 256, 1024>;
};
struct PlainKind : IOUringKind {
    using Queue = IOUringQueueWith<Tasks::PLAIN, 256, 1024>;
};

/// So small that the submission ring is full and completions overflow all the time.
struct TinyKind : IOUringKind {
    using Queue = IOUringQueueWith<Tasks::DEFERRED, 1, 2>;
};

/// Where a receive buffer is never to be had.
struct FewBuffersKind : IOUringKind {
    using Queue = IOUringQueueWith<Tasks::DEFERRED, 256, 1024, 1>;
};

/// As on kernels without multishot receive.
class ReadinessQueue final : public IOUringQueue {
public:
    explicit ReadinessQueue(QueueOptions const &options) : IOUringQueue(options, {.sockets = IOUringOptions::Sockets::READINESS}) {}
    ~ReadinessQueue() override = default;
};
struct OnReadinessKind : IOUringKind {
    using Queue = ReadinessQueue;
};

using QueueKinds = std::tuple<IOUringKind, SpinningIOUringKind, CooperativeKind, PlainKind, TinyKind>;
using ReadinessKinds = QueueKinds;
using SocketsKinds = std::tuple<IOUringKind, CooperativeKind, PlainKind, TinyKind, FewBuffersKind, OnReadinessKind>;

} // namespace Ichor::Testing

#include <event_queues/QueueContract.h>
#include <event_queues/ReadinessContract.h>
#include <event_queues/SocketsContract.h>

namespace Ichor::Testing {

TEST_CASE("IOUringQueue: says what the kernel has, and uses no more than it is told to", "[io_uring]") {
    IOUringSupport const best = IOUringQueue::probe();
    REQUIRE(best.isUsable);
    CHECK(best.description.find("Linux") == 0);
    IOUringSupport const plain = IOUringQueue::probe({.tasks = Tasks::PLAIN, .sockets = IOUringOptions::Sockets::READINESS});
    CHECK(plain.tasks == Tasks::PLAIN);
    CHECK_FALSE(plain.hasCompletionSockets);
    IOUringQueue queue;
    CHECK(queue.support().description == best.description);
}

TEST_CASE("IOUringQueue: more watches in a turn than the ring has room for are all told", "[io_uring]") {
    constexpr std::size_t COUNT = 200;
    std::vector<SocketPair> pairs(COUNT);
    std::vector<TestWatch> watches(COUNT);
    Running<TinyKind> run;
    std::size_t readable = 0;
    run.onStarted = [&] {
        for (std::size_t i = 0; i < COUNT; ++i) {
            watches[i].handler = [&, i](Readiness readiness) {
                if (!has(readiness, Readiness::READABLE) || !pairs[i].receive()) return;
                if (++readable == COUNT) run.processor.finish();
            };
            REQUIRE(run.queue.readiness()->watch(pairs[i].near(), watches[i]));
        }
        for (SocketPair &pair : pairs) pair.send();
    };
    run.queue.start();
    CHECK(readable == COUNT);
    for (TestWatch &watch : watches) run.queue.readiness()->unwatch(watch);
}

TEST_CASE("IOUringQueue: a signal that interrupts the wait ends nothing", "[io_uring]") {
    struct sigaction before {};
    struct sigaction ignoring {};
    static std::atomic<int> signals{0};
    signals = 0;
    ignoring.sa_handler = [](int) { // without SA_RESTART
        ++signals;
        signals.notify_one();
    };
    ::sigaction(SIGUSR1, &ignoring, &before);
    Running<IOUringKind> run;
    TestTimer timer;
    timer.onDue = [&] { run.processor.finish(); };
    pthread_t const thread = ::pthread_self();
    std::atomic<bool> isOver{false};
    std::thread other([&] {
        for (int sent = 1; !isOver; ++sent) {
            ::pthread_kill(thread, SIGUSR1);
            for (int seen = signals; seen < sent && !isOver; seen = signals) signals.wait(seen);
        }
    });
    TimePoint const until = run.queue.now() + 20ms;
    run.onStarted = [&] { run.queue.armTimer(timer, until); };
    run.queue.start();
    isOver = true;
    ++signals;
    signals.notify_one();
    other.join();
    ::sigaction(SIGUSR1, &before, nullptr);
    CHECK(signals > 2);
    CHECK(timer.calls == 1);
    CHECK(run.queue.now() >= until);
}

TEST_CASE("IOUringQueue: a descriptor that was unwatched and closed is closed for its peer at once", "[io_uring]") {
    SocketPair pair;
    TestWatch watch;
    Running<IOUringKind> run;
    bool isSeen = false;
    watch.handler = [&](Readiness) {
        int const far = pair.far();
        run.queue.readiness()->unwatch(watch);
        pair.closeNear();
        char byte = 0;
        isSeen = ::recv(far, &byte, 1, MSG_DONTWAIT) == 0;
        run.processor.finish();
    };
    run.onStarted = [&] { REQUIRE(run.queue.readiness()->watch(pair.near(), watch)); };
    run.queue.start();
    CHECK(isSeen);
}

TEST_CASE("IOUringQueue: may be made and destroyed on other threads than the one it runs on, which may have a ring of its own",
          "[io_uring]") {
    IOUringQueue own;
    Running<IOUringKind> run;
    run.onStarted = [&] { run.processor.finish(); };
    std::thread([&] { run.queue.start(); }).join();
    ScriptedProcessor &processor = ScriptedProcessor::of(own);
    processor.onStarted = [&] { processor.finish(); };
    own.start();
    CHECK(run.processor.isFinished());
}

} // namespace Ichor::Testing
