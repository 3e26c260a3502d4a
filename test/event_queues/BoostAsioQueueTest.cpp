#include <ichor/event_queues/BoostAsioQueue.h>

#include <ichor/event_queues/IReadiness.h>

#include <tuple>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace Ichor::Testing {

struct AsioKind {
    using Queue = BoostAsioQueue;
    static constexpr bool HAS_REAL_TIME = true;
    static QueueOptions options() { return {}; }
    static void prepare(IEventQueue &) {}
};

struct SpinningAsioKind : AsioKind {
    static QueueOptions options() {
        QueueOptions options;
        options.spin = std::chrono::microseconds(50);
        return options;
    }
};

using QueueKinds = std::tuple<AsioKind, SpinningAsioKind>;
using ReadinessKinds = QueueKinds;
using SocketsKinds = std::tuple<AsioKind>;

} // namespace Ichor::Testing

#include <event_queues/QueueContract.h>
#include <event_queues/ReadinessContract.h>
#include <event_queues/SocketsContract.h>

namespace Ichor::Testing {

TEST_CASE("BoostAsioQueue: handlers of the program's own run between events, on the queue's thread", "[asio]") {
    Running<AsioKind> run;
    int handlers = 0;
    bool wasCurrent = false;
    run.onStarted = [&] {
        boost::asio::post(run.queue.ioContext(), [&] {
            ++handlers;
            wasCurrent = IEventQueue::current() == &run.queue;
            run.queue.pushEvent<Numbered>(ORIGIN, 1);
        });
    };
    run.processor.onEvent = [&](Event &event) {
        if (static_cast<Numbered &>(event).number == 2) return run.processor.finish();
        boost::asio::post(run.queue.ioContext(), [&] {
            ++handlers;
            run.queue.pushEvent<Numbered>(ORIGIN, 2);
        });
    };
    run.queue.start();
    CHECK(handlers == 2);
    CHECK(wasCurrent);
}

TEST_CASE("BoostAsioQueue: a busy queue still runs handlers", "[asio]") {
    Running<AsioKind> run;
    run.processor.onEvent = [&](Event &) { run.queue.pushEvent<Numbered>(ORIGIN, 0); };
    run.onStarted = [&] {
        run.queue.pushEvent<Numbered>(ORIGIN, 0);
        boost::asio::post(run.queue.ioContext(), [&] { run.processor.finish(); });
    };
    run.queue.start();
    CHECK_FALSE(run.processor.numbers.empty());
}

TEST_CASE("BoostAsioQueue: what a handler throws goes to the processor, and the loop goes on", "[asio]") {
    Running<AsioKind> run;
    run.onStarted = [&] {
        boost::asio::post(run.queue.ioContext(), [] { throw std::runtime_error("from a handler"); });
        boost::asio::post(run.queue.ioContext(), [&] { run.processor.finish(); });
    };
    run.queue.start();
    CHECK(run.processor.foreignExceptions == 1);
}

TEST_CASE("BoostAsioQueue: Asio's own timers run, and one that is left is no trouble", "[asio]") {
    boost::asio::io_context *context = nullptr;
    Running<AsioKind> run;
    context = &run.queue.ioContext();
    boost::asio::steady_timer timer(*context);
    boost::asio::steady_timer late(*context);
    run.onStarted = [&] {
        late.expires_after(1h);
        late.async_wait([](boost::system::error_code) {});
        timer.expires_after(2ms);
        timer.async_wait([&](boost::system::error_code) { run.processor.finish(); });
    };
    run.queue.start();
    CHECK(run.processor.isFinished());
}

TEST_CASE("BoostAsioQueue: an io_context that somebody stopped goes on", "[asio]") {
    Running<AsioKind> run;
    TestTimer timer;
    timer.onDue = [&] { run.processor.finish(); };
    run.onStarted = [&] {
        run.queue.ioContext().stop();
        run.queue.armTimer(timer, run.queue.now() + 2ms);
    };
    run.queue.start();
    CHECK(timer.calls == 1);
}

} // namespace Ichor::Testing
