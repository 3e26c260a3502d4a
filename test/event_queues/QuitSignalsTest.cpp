#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/QuitSignalScope.h>

#include <event_queues/ScriptedProcessor.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

std::atomic<int> signalsBefore{0};

class SignalRun {
public:
    SignalRun() : processor(ScriptedProcessor::of(queue)) {}
    PriorityQueue queue;
    ScriptedProcessor &processor;
};

/// A processor that takes its time: it ends after as many signals as it is told.
class StubbornProcessor final : public IEventProcessor {
public:
    explicit StubbornProcessor(unsigned signals, std::function<void(unsigned)> onSignal)
        : _wanted(signals), _onSignal(std::move(onSignal)) {}
    void onStart() override { _onSignal(0); }
    void process(Event &) noexcept override {}
    bool advance() noexcept override { return false; }
    void onQuit(unsigned signals) noexcept override {
        _seen = signals;
        _onSignal(signals);
    }
    bool isFinished() const noexcept override { return _seen >= _wanted; }
    int exitStatus() const noexcept override { return static_cast<int>(_seen); }

private:
    unsigned _wanted;
    unsigned _seen = 0;
    std::function<void(unsigned)> _onSignal;
};

/// How a child process that runs `f` ends, as waitpid() tells it.
int endingOf(std::function<int()> const &f) {
    pid_t child = ::fork();
    if (child == 0) ::_exit(f());
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

} // namespace

TEST_CASE("QuitSignals: SIGINT and SIGTERM ask the processor to quit, and what was installed before comes back", "[signals]") {
    struct sigaction mine {};
    mine.sa_handler = [](int) { ++signalsBefore; };
    struct sigaction original {};
    for (int signal : {SIGINT, SIGTERM}) {
        ::sigaction(signal, &mine, &original);
        signalsBefore = 0;
        SignalRun run;
        run.processor.onStarted = [signal] { ::raise(signal); };
        CHECK(run.queue.start(CaptureSigInt) == 0);
        CHECK(run.processor.quits == std::vector<unsigned>{1});
        CHECK(signalsBefore == 0);
        ::raise(signal);
        CHECK(signalsBefore == 1);
        ::sigaction(signal, &original, nullptr);
    }
}

TEST_CASE("QuitSignals: a second signal is told apart from the first", "[signals]") {
    PriorityQueue queue;
    std::vector<unsigned> seen;
    queue.setProcessor(std::make_unique<StubbornProcessor>(2, [&](unsigned signals) {
        seen.push_back(signals);
        if (signals < 2) ::raise(SIGINT);
    }));
    CHECK(queue.start(CaptureSigInt) == 2);
    CHECK(seen == std::vector<unsigned>{0, 1, 2});
}

TEST_CASE("QuitSignals: the third one ends the process as if nobody captured it", "[signals]") {
    int status = endingOf([] {
        PriorityQueue queue;
        queue.setProcessor(std::make_unique<StubbornProcessor>(9, [](unsigned) { ::raise(SIGTERM); }));
        return queue.start(CaptureSigInt);
    });
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGTERM);
}

TEST_CASE("QuitSignals: a queue that does not capture them leaves them alone", "[signals]") {
    int status = endingOf([] {
        ::signal(SIGINT, SIG_DFL); // Catch has its own
        SignalRun run;
        run.processor.onStarted = [] { ::raise(SIGINT); };
        return run.queue.start();
    });
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGINT);
}

TEST_CASE("QuitSignals: every queue that captures is told, from whichever thread the signal is taken", "[signals]") {
    constexpr int COUNT = 4;
    for (int round = 0; round < 50; ++round) {
        std::atomic<int> started{0};
        std::atomic<int> quits{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < COUNT; ++i) {
            threads.emplace_back([&] {
                SignalRun run;
                run.processor.onStarted = [&] { ++started; };
                run.queue.start(CaptureSigInt);
                quits += static_cast<int>(run.processor.quits.size());
            });
        }
        while (started != COUNT) std::this_thread::yield();
        ::kill(::getpid(), round % 2 == 0 ? SIGINT : SIGTERM);
        for (std::thread &thread : threads) thread.join();
        CHECK(quits == COUNT);
    }
}

TEST_CASE("QuitSignals: signals at random moments of a busy queue end it each time", "[signals]") {
    for (int round = 0; round < 200; ++round) {
        SignalRun run;
        std::atomic<bool> isStarted{false};
        run.processor.onStarted = [&] {
            run.queue.pushEvent<Numbered>(ServiceId{1}, 0);
            isStarted = true;
        };
        run.processor.onEvent = [&](Event &) { run.queue.pushEvent<Numbered>(ServiceId{1}, 0); };
        std::thread killer([&] {
            while (!isStarted) std::this_thread::yield();
            for (int i = 0; i < round * 20; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
            ::kill(::getpid(), SIGTERM);
        });
        CHECK(run.queue.start(CaptureSigInt) == 0);
        killer.join();
    }
}

namespace {

/// Runs a queue that captures, and whose only event would end it if no signal did. What it was told.
std::vector<unsigned> quitsOfLateQueue() {
    SignalRun run;
    bool wasTold = true;
    run.processor.onStarted = [&] { run.queue.pushEvent<Numbered>(ServiceId{1}, 0); };
    run.processor.onEvent = [&](Event &) {
        wasTold = false;
        run.processor.finish();
    };
    run.queue.start(CaptureSigInt);
    CHECK(wasTold == !run.processor.quits.empty());
    return run.processor.quits;
}

} // namespace

TEST_CASE("QuitSignals: a queue that starts while others still end by a signal is told of it", "[signals]") {
    for (unsigned signals : {1U, 2U}) {
        PriorityQueue ending;
        std::vector<unsigned> late;
        ending.setProcessor(std::make_unique<StubbornProcessor>(signals, [&](unsigned seen) {
            if (seen < signals) {
                ::raise(SIGTERM);
                return;
            }
            std::thread([&] { late = quitsOfLateQueue(); }).join();
        }));
        ending.start(CaptureSigInt);
        CHECK(late == std::vector<unsigned>{signals});
    }
}

TEST_CASE("QuitSignals: a queue that starts when all others have ended knows nothing of what ended them", "[signals]") {
    SignalRun run;
    run.processor.onStarted = [] { ::raise(SIGINT); };
    run.queue.start(CaptureSigInt);
    CHECK(run.processor.quits == std::vector<unsigned>{1});
    CHECK(quitsOfLateQueue().empty());
}

TEST_CASE("QuitSignals: while a scope lives, a signal is kept for each queue that starts", "[signals]") {
    {
        QuitSignalScope const scope;
        CHECK(quitsOfLateQueue().empty());
        ::raise(SIGTERM);
        for (int i = 0; i < 3; ++i) CHECK(quitsOfLateQueue() == std::vector<unsigned>{1});
    }
    CHECK(quitsOfLateQueue().empty());
}

TEST_CASE("QuitSignals: after a scope, signals do what they did before", "[signals]") {
    struct sigaction mine {};
    mine.sa_handler = [](int) { ++signalsBefore; };
    struct sigaction original {};
    ::sigaction(SIGTERM, &mine, &original);
    signalsBefore = 0;
    {
        QuitSignalScope const scope;
        ::raise(SIGTERM);
    }
    CHECK(signalsBefore == 0);
    ::raise(SIGTERM);
    CHECK(signalsBefore == 1);
    ::sigaction(SIGTERM, &original, nullptr);
}

TEST_CASE("QuitSignals: a queue that starts at the instant of a signal is told of it, and once", "[signals]") {
    for (int round = 0; round < 300; ++round) {
        QuitSignalScope const scope;
        std::atomic<bool> isReady{false};
        std::vector<unsigned> quits;
        std::thread starter([&] {
            SignalRun run;
            isReady = true;
            run.queue.start(CaptureSigInt);
            quits = run.processor.quits;
        });
        while (!isReady) std::this_thread::yield();
        for (int i = 0; i < round * 20; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
        ::kill(::getpid(), SIGTERM);
        starter.join();
        CHECK(quits == std::vector<unsigned>{1});
    }
}
