#include <ichor/event_queues/IOUringRing.h>

#include <ichor/event_queues/IOUringOperation.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include <liburing.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Detail;
using namespace std::chrono_literals;
using Tasks = IOUringOptions::Tasks;

namespace {

class Nothing final : public IOUringOperation {
public:
    ~Nothing() = default;
    int completions = 0;
    void prepare(io_uring_sqe &entry) noexcept override { io_uring_prep_nop(&entry); }
    void onCompletion(int, unsigned) noexcept override { ++completions; }
};

/// Receives from a socket to which nobody sends.
class Waiting final : public IOUringOperation {
public:
    explicit Waiting(int socket) : _socket(socket) {}
    ~Waiting() = default;
    int completions = 0;
    int result = 0;
    void prepare(io_uring_sqe &entry) noexcept override { io_uring_prep_recv(&entry, _socket, &_byte, 1, 0); }
    void onCompletion(int resultOfIt, unsigned) noexcept override {
        ++completions;
        result = resultOfIt;
    }

private:
    int _socket;
    char _byte = 0;
};

class Cancelling final : public IOUringOperation {
public:
    explicit Cancelling(IOUringOperation &other) : _other(other) {}
    ~Cancelling() = default;
    int completions = 0;
    void prepare(io_uring_sqe &entry) noexcept override { io_uring_prep_cancel(&entry, &_other, 0); }
    void onCompletion(int, unsigned) noexcept override { ++completions; }

private:
    IOUringOperation &_other;
};

struct Sockets {
    Sockets() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0); }
    ~Sockets() {
        for (int const fd : fds) ::close(fd);
    }
    std::array<int, 2> fds{};
};

IOUringOptions tiny(Tasks tasks) { return {.tasks = tasks, .submissionEntries = 1, .completionEntries = 2}; }

/// Waits until all that was started has completed; a ring that loses something makes this give up.
void completeAll(IOUringRing &ring) {
    auto const until = std::chrono::steady_clock::now() + 60s;
    while (ring.activeCount() != 0 && std::chrono::steady_clock::now() < until) {
        ring.wait(10ms);
        ring.complete();
    }
    CHECK(ring.activeCount() == 0);
}

} // namespace

TEST_CASE("IOUringRing: where the submission ring is full, each operation still completes once", "[io_uring]") {
    auto const tasks = GENERATE(Tasks::DEFERRED, Tasks::COOPERATIVE, Tasks::PLAIN);
    IOUringRing ring(tiny(tasks));
    std::vector<Nothing> operations(100);
    for (std::size_t i = 0; i < 50; ++i) ring.start(operations[i]); // before it may ask the kernel for anything
    ring.enable();
    for (std::size_t i = 50; i < 100; ++i) ring.start(operations[i]);
    completeAll(ring);
    CHECK(ring.fullCount() > 0);
    for (Nothing const &operation : operations) CHECK(operation.completions == 1);
    ring.release();
}

TEST_CASE("IOUringRing: where completions overflow, each operation still completes once", "[io_uring]") {
    auto const tasks = GENERATE(Tasks::DEFERRED, Tasks::COOPERATIVE, Tasks::PLAIN);
    IOUringRing ring(tiny(tasks));
    ring.enable();
    std::vector<Nothing> operations(100);
    for (Nothing &operation : operations) {
        ring.start(operation);
        ring.submit(); // and nobody looks at what has completed
    }
    CHECK(ring.overflowCount() > 0);
    completeAll(ring);
    for (Nothing const &operation : operations) CHECK(operation.completions == 1);
    ring.release();
}

TEST_CASE("IOUringRing: an operation that is cancelled while it waits completes once, and says so", "[io_uring]") {
    auto const tasks = GENERATE(Tasks::DEFERRED, Tasks::COOPERATIVE, Tasks::PLAIN);
    Sockets sockets;
    IOUringRing ring({.tasks = tasks});
    ring.enable();
    Waiting waiting(sockets.fds[0]);
    Cancelling cancelling(waiting);
    ring.start(waiting);
    ring.submit();
    ring.complete();
    CHECK(waiting.completions == 0);
    ring.start(cancelling);
    completeAll(ring);
    CHECK(waiting.completions == 1);
    CHECK(waiting.result == -ECANCELED);
    CHECK(cancelling.completions == 1);
    ring.release();
}

TEST_CASE("IOUringRing: one that is cancelled too late completes with what it has", "[io_uring]") {
    Sockets sockets;
    IOUringRing ring({});
    ring.enable();
    Waiting waiting(sockets.fds[0]);
    Cancelling cancelling(waiting);
    REQUIRE(::write(sockets.fds[1], "x", 1) == 1);
    ring.start(waiting);
    ring.start(cancelling);
    completeAll(ring);
    CHECK(waiting.completions == 1);
    CHECK(waiting.result == 1);
    CHECK(cancelling.completions == 1);
    ring.release();
}

TEST_CASE("IOUringRing: a wait that signals interrupt loses nothing", "[io_uring]") {
    static std::atomic<int> signals{0};
    signals = 0;
    struct sigaction before {};
    struct sigaction counting {};
    counting.sa_handler = [](int) { ++signals; }; // without SA_RESTART
    ::sigaction(SIGUSR1, &counting, &before);
    Sockets sockets;
    IOUringRing ring({});
    ring.enable();
    Waiting waiting(sockets.fds[0]);
    ring.start(waiting);
    pthread_t const thread = ::pthread_self();
    std::thread other([&] {
        for (int sent = 1; sent <= 20; ++sent) {
            ::pthread_kill(thread, SIGUSR1);
            while (signals < sent) std::this_thread::yield();
        }
        static_cast<void>(!::write(sockets.fds[1], "x", 1));
    });
    completeAll(ring);
    other.join();
    ::sigaction(SIGUSR1, &before, nullptr);
    CHECK(signals == 20);
    CHECK(waiting.completions == 1);
    CHECK(waiting.result == 1);
    ring.release();
}

TEST_CASE("IOUringRing: one that goes with operations in flight calls none of them, and the kernel no longer writes for them",
          "[io_uring]") {
    Sockets sockets;
    auto waiting = std::make_unique<Waiting>(sockets.fds[0]);
    {
        IOUringRing ring({});
        ring.enable();
        ring.start(*waiting);
        ring.submit();
        ring.release();
    }
    CHECK(waiting->completions == 0);
    waiting.reset();
    REQUIRE(::write(sockets.fds[1], "x", 1) == 1);
    char byte = 0;
    CHECK(::recv(sockets.fds[0], &byte, 1, MSG_DONTWAIT) == 1); // nobody took it
}
