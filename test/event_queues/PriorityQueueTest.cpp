#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/VirtualTimeQueue.h>

#include <ichor/event_queues/IReadiness.h>

#include <memory>
#include <tuple>

#include <sys/eventfd.h>
#include <unistd.h>

namespace Ichor::Testing {

struct FutexKind {
    using Queue = PriorityQueue;
    static constexpr bool HAS_REAL_TIME = true;
    static QueueOptions options() { return {}; }
    static void prepare(IEventQueue &) {}
};

struct SpinningKind : FutexKind {
    static QueueOptions options() {
        QueueOptions options;
        options.spin = std::chrono::microseconds(50);
        return options;
    }
};

/// A watch of its own makes the queue wait in epoll.
struct EpollKind : FutexKind {
    static void prepare(IEventQueue &queue) {
        class NeverReady final : public DescriptorWatch {
        public:
            void onReady(Readiness) noexcept override {}
        };
        static thread_local NeverReady watch;
        static thread_local int fd = ::eventfd(0, 0);
        if (!queue.readiness()->watch(fd, watch)) throw std::runtime_error("cannot watch");
        queue.readiness()->unwatch(watch);
    }
};

struct SpinningEpollKind : EpollKind {
    static QueueOptions options() { return SpinningKind::options(); }
};

struct VirtualTimeKind {
    using Queue = VirtualTimeQueue;
    static constexpr bool HAS_REAL_TIME = false;
    static QueueOptions options() { return {}; }
    static void prepare(IEventQueue &) {}
};

using QueueKinds = std::tuple<FutexKind, SpinningKind, EpollKind, SpinningEpollKind, VirtualTimeKind>;

} // namespace Ichor::Testing

namespace Ichor::Testing {
using ReadinessKinds = std::tuple<FutexKind, SpinningKind, EpollKind, SpinningEpollKind>;
using SocketsKinds = std::tuple<FutexKind, SpinningEpollKind>;
} // namespace Ichor::Testing

#include <event_queues/QueueContract.h>
#include <event_queues/ReadinessContract.h>
#include <event_queues/SocketsContract.h>
#include <ichor/Config.h>

#include <sys/resource.h>

namespace Ichor::Testing {

TEST_CASE("PriorityQueue: without descriptors left watching fails with that reason, and the queue runs on", "[readiness]") {
#if ICHOR_USE_SANITIZERS
    // The sanitizer's check of virtual calls opens a pipe, and takes the object for a bad one when it cannot.
    WARN("left out with the sanitizers: they need descriptors themselves");
    return;
#endif
    SocketPair pair;
    TestWatch watch;
    Running<FutexKind> run;
    TestTimer timer;
    std::error_code reason;
    timer.onDue = [&] { run.processor.finish(); };
    run.onStarted = [&] {
        rlimit before{};
        ::getrlimit(RLIMIT_NOFILE, &before);
        rlimit none{.rlim_cur = 1, .rlim_max = before.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
        auto watched = run.queue.readiness()->watch(pair.near(), watch);
        ::setrlimit(RLIMIT_NOFILE, &before);
        if (!watched) reason = watched.error();
        run.queue.armTimer(timer, run.queue.now() + 1ms);
    };
    run.queue.start();
    CHECK(reason == std::errc::too_many_files_open);
    CHECK_FALSE(watch.isWatched());
    CHECK(timer.calls == 1);
}

} // namespace Ichor::Testing
