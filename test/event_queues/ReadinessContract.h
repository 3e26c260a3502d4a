// What every kind of queue that can watch descriptors promises. Included by one test file a family of queues, after it has named its kinds
// in a std::tuple `ReadinessKinds`.
#pragma once

#include <event_queues/QueueContract.h>

#include <ichor/event_queues/IReadiness.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace Ichor::Testing {

class TestWatch final : public DescriptorWatch {
public:
    std::function<void(Readiness)> handler = [](Readiness) {};
    int calls = 0;
    Readiness seen = Readiness::NONE;
    void onReady(Readiness readiness) noexcept override {
        ++calls;
        seen |= readiness;
        handler(readiness);
    }
};

/// Two connected stream sockets.
class SocketPair {
public:
    SocketPair() {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, _fds.data()) != 0) throw std::runtime_error("socketpair");
    }
    SocketPair(SocketPair const &) = delete;
    SocketPair &operator=(SocketPair const &) = delete;
    ~SocketPair() {
        closeNear();
        closeFar();
    }

    [[nodiscard]] int near() const noexcept { return _fds[0]; }
    [[nodiscard]] int far() const noexcept { return _fds[1]; }
    void send() const {
        if (::write(_fds[1], "x", 1) != 1) std::abort(); // also called on other threads, where Catch must not be
    }
    [[nodiscard]] bool receive() const {
        char byte = 0;
        return ::read(_fds[0], &byte, 1) == 1;
    }
    void closeNear() noexcept { close(_fds[0]); }
    void closeFar() noexcept { close(_fds[1]); }

private:
    static void close(int &fd) noexcept {
        if (fd >= 0) ::close(fd);
        fd = -1;
    }
    std::array<int, 2> _fds{-1, -1};
};

TEMPLATE_LIST_TEST_CASE("Readiness: a watch is told of what is ready at once, and of what becomes so later", "[readiness]",
                        ReadinessKinds) {
    SocketPair pair;
    TestWatch watch;
    Running<TestType> run;
    std::atomic<bool> hasBeenTold{false};
    watch.handler = [&](Readiness readiness) {
        hasBeenTold = true;
        hasBeenTold.notify_one();
        if (!has(readiness, Readiness::READABLE)) return;
        CHECK(pair.receive());
        run.queue.readiness()->unwatch(watch);
        run.processor.finish();
    };
    run.onStarted = [&] { REQUIRE(run.queue.readiness()->watch(pair.near(), watch)); };
    std::thread other([&] {
        hasBeenTold.wait(false);
        pair.send();
    });
    run.queue.start();
    other.join();
    CHECK(has(watch.seen, Readiness::WRITABLE));
    CHECK(has(watch.seen, Readiness::READABLE));
    CHECK(watch.calls >= 2);
    CHECK_FALSE(watch.isWatched());
}

TEMPLATE_LIST_TEST_CASE("Readiness: a watch is told when its peer has gone", "[readiness]", ReadinessKinds) {
    SocketPair pair;
    TestWatch watch;
    Running<TestType> run;
    watch.handler = [&](Readiness readiness) {
        if (has(readiness, Readiness::PEER_CLOSED))
            run.processor.finish();
        else
            pair.closeFar();
    };
    run.onStarted = [&] { REQUIRE(run.queue.readiness()->watch(pair.near(), watch)); };
    run.queue.start();
    run.queue.readiness()->unwatch(watch);
    CHECK(has(watch.seen, Readiness::PEER_CLOSED));
}

TEMPLATE_LIST_TEST_CASE("Readiness: whoever is called first may unwatch and destroy those that are ready at the same time", "[readiness]",
                        ReadinessKinds) {
    constexpr std::size_t COUNT = 20;
    std::array<SocketPair, COUNT> pairs;
    std::array<std::unique_ptr<TestWatch>, COUNT> watches;
    Running<TestType> run;
    int calls = 0;
    TestTimer later;
    later.onDue = [&] { run.processor.finish(); };
    run.onStarted = [&] {
        for (std::size_t i = 0; i < COUNT; ++i) {
            pairs[i].send();
            watches[i] = std::make_unique<TestWatch>();
            watches[i]->handler = [&, i](Readiness) {
                ++calls;
                for (std::size_t j = 0; j < COUNT; ++j) {
                    run.queue.readiness()->unwatch(*watches[j]);
                    if (j != i) watches[j].reset(new TestWatch);
                }
                run.queue.armTimer(later, run.queue.now() + 10ms); // another call would have come by then
            };
            REQUIRE(run.queue.readiness()->watch(pairs[i].near(), *watches[i]));
        }
        run.queue.armTimer(later, run.queue.now() + 10s); // no call comes
    };
    run.queue.start();
    CHECK(calls == 1);
}

TEMPLATE_LIST_TEST_CASE("Readiness: a watch that takes the place of one that was ready is not told of that one's news", "[readiness]",
                        ReadinessKinds) {
    SocketPair first;
    SocketPair second;
    SocketPair silent;
    TestWatch a;
    TestWatch b;
    Running<TestType> run;
    TestTimer later;
    later.onDue = [&] { run.processor.finish(); };
    auto replace = [&](TestWatch &other) {
        run.queue.readiness()->unwatch(a);
        run.queue.readiness()->unwatch(b);
        other.handler = [&](Readiness readiness) {
            // What was not for it would have come by then.
            if (has(readiness, Readiness::WRITABLE)) run.queue.armTimer(later, run.queue.now() + 10ms);
        };
        other.seen = Readiness::NONE;
        REQUIRE(run.queue.readiness()->watch(silent.near(), other));
    };
    a.handler = [&](Readiness) { replace(b); };
    b.handler = [&](Readiness) { replace(a); };
    run.onStarted = [&] {
        first.send();
        second.send();
        REQUIRE(run.queue.readiness()->watch(first.near(), a));
        REQUIRE(run.queue.readiness()->watch(second.near(), b));
        run.queue.armTimer(later, run.queue.now() + 10s); // the news that are waited for do not come
    };
    run.queue.start();
    TestWatch &replaced = a.isWatched() ? a : b;
    CHECK_FALSE(has(replaced.seen, Readiness::READABLE));
    CHECK(has(replaced.seen, Readiness::WRITABLE));
    run.queue.readiness()->unwatch(replaced);
}

TEMPLATE_LIST_TEST_CASE("Readiness: what cannot be watched gives the system's reason, and nothing is watched", "[readiness]",
                        ReadinessKinds) {
    Running<TestType> run;
    TestWatch watch;
    auto watched = run.queue.readiness()->watch(-1, watch);
    REQUIRE_FALSE(watched.has_value());
    CHECK(watched.error() == std::errc::bad_file_descriptor);
    CHECK_FALSE(watch.isWatched());
    run.queue.readiness()->unwatch(watch);
}

TEMPLATE_LIST_TEST_CASE("Readiness: without memory nothing is watched", "[readiness]", ReadinessKinds) {
    SocketPair pair;
    Running<TestType> run;
    TestWatch watch;
    {
        NoMemory none;
        auto watched = run.queue.readiness()->watch(pair.near(), watch);
        bool isRefused = !watched && watched.error() == std::errc::not_enough_memory;
        if (!isRefused) std::abort();
    }
    CHECK_FALSE(watch.isWatched());
    REQUIRE(run.queue.readiness()->watch(pair.near(), watch));
    run.queue.readiness()->unwatch(watch);
}

TEMPLATE_LIST_TEST_CASE("Readiness: watches that are left are free when the queue has gone", "[readiness]", ReadinessKinds) {
    SocketPair pair;
    TestWatch watch;
    {
        Running<TestType> run;
        REQUIRE(run.queue.readiness()->watch(pair.near(), watch));
        CHECK(watch.isWatched());
        CHECK(watch.descriptor() == pair.near());
    }
    CHECK_FALSE(watch.isWatched());
}

TEMPLATE_LIST_TEST_CASE("Readiness: a busy queue still looks after descriptors, and a busy descriptor does not stop events", "[readiness]",
                        ReadinessKinds) {
    SocketPair pair;
    TestWatch watch;
    Running<TestType> run;
    int messages = 0;
    watch.handler = [&](Readiness) {
        while (pair.receive()) ++messages;
        if (messages < 100)
            pair.send();
        else
            run.processor.finish();
    };
    run.processor.onEvent = [&](Event &) { run.queue.template pushEvent<Numbered>(ORIGIN, 0); };
    run.onStarted = [&] {
        REQUIRE(run.queue.readiness()->watch(pair.near(), watch));
        run.queue.template pushEvent<Numbered>(ORIGIN, 0);
        pair.send();
    };
    run.queue.start();
    run.queue.readiness()->unwatch(watch);
    CHECK(messages == 100);
    CHECK(run.processor.numbers.size() > 10);
}

} // namespace Ichor::Testing
