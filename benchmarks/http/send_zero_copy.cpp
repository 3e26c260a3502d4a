// Whether the kernel sends large bodies for less when it takes them from our memory (IORING_OP_SEND_ZC) than when it copies them
// (IORING_OP_SEND): processor time of the sending thread and of the whole program a send, for several sizes, over loopback or to another
// machine. What came of it stands in docs/decisions/.

#include "Arguments.h"
#include "BareAnswer.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <thread>
#include <vector>

#include <liburing.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr char const *USAGE = R"(Sends by io_uring with and without a copy, and prints the processor time of each send.
  --to ADDRESS     of a machine that throws away what it receives; without it, this program does, over loopback
  --port PORT      of it: 8009
  --megabytes N    to send for each size: 2000
)";

double secondsOf(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void throwAway(int listener) {
    std::vector<char> buffer(1 << 20);
    for (;;) {
        int fd = -1;
        while (fd < 0) fd = ::accept(listener, nullptr, nullptr);
        while (::recv(fd, buffer.data(), buffer.size(), MSG_TRUNC) > 0) {}
        ::close(fd);
    }
}

int connectTo(char const *address, std::uint16_t port) {
    int const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    if (::inet_pton(AF_INET, address, &at.sin_addr) != 1) Benchmarks::fail(address);
    if (::connect(fd, reinterpret_cast<sockaddr *>(&at), sizeof(at)) != 0) Benchmarks::fail("connect");
    return fd;
}

enum class Way { COPY, ZERO_COPY };

struct Cost {
    double thread; // µs a send
    double process;
    double copied; // share of the sends that the kernel copied after all
};

/// One send after the other, as a connection does it; a buffer is used again once the kernel has let go of it.
Cost measure(io_uring &ring, int fd, std::vector<char> const &body, Way way, unsigned count) {
    unsigned copied = 0;
    double const thread = secondsOf(CLOCK_THREAD_CPUTIME_ID);
    double const process = secondsOf(CLOCK_PROCESS_CPUTIME_ID);
    for (unsigned i = 0; i < count; ++i) {
        for (std::size_t sent = 0; sent < body.size();) {
            io_uring_sqe *const entry = io_uring_get_sqe(&ring);
            if (way == Way::COPY) {
                io_uring_prep_send(entry, fd, body.data() + sent, body.size() - sent, MSG_NOSIGNAL | MSG_WAITALL);
            } else {
                io_uring_prep_send_zc(entry, fd, body.data() + sent, body.size() - sent, MSG_NOSIGNAL | MSG_WAITALL,
                                      1U << 3); // IORING_SEND_ZC_REPORT_USAGE
            }
            io_uring_submit_and_wait(&ring, 1);
            for (bool isOver = false; !isOver;) {
                io_uring_cqe *completion = nullptr;
                if (io_uring_wait_cqe(&ring, &completion) != 0) continue;
                bool const isNotice = (completion->flags & IORING_CQE_F_NOTIF) != 0;
                if (!isNotice && completion->res < 0) {
                    errno = -completion->res;
                    Benchmarks::fail("send");
                }
                if (isNotice && (static_cast<unsigned>(completion->res) & (1U << 31)) != 0) ++copied;
                if (!isNotice) sent += static_cast<std::size_t>(completion->res);
                isOver = (completion->flags & IORING_CQE_F_MORE) == 0;
                io_uring_cqe_seen(&ring, completion);
            }
        }
    }
    return {(secondsOf(CLOCK_THREAD_CPUTIME_ID) - thread) / count * 1e6, (secondsOf(CLOCK_PROCESS_CPUTIME_ID) - process) / count * 1e6,
            static_cast<double>(copied) / count};
}

} // namespace

int main(int argc, char **argv) {
    char const *address = nullptr;
    std::uint16_t port = 8009;
    unsigned megabytes = 2000;
    for (Benchmarks::Arguments arguments(argc, argv, USAGE); arguments.next();) {
        if (arguments.is("--to")) {
            address = arguments.text();
        } else if (arguments.is("--port")) {
            port = arguments.number<std::uint16_t>();
        } else if (arguments.is("--megabytes")) {
            megabytes = arguments.number<unsigned>();
        } else {
            arguments.refuse();
        }
    }
    if (address == nullptr) {
        address = "127.0.0.1";
        std::thread(throwAway, Benchmarks::listenOn(address, port)).detach();
    }
    io_uring ring{};
    io_uring_params parameters{};
    parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
    if (io_uring_queue_init_params(64, &ring, &parameters) != 0) Benchmarks::fail("io_uring");
    int const fd = connectTo(address, port);
    std::printf("%10s %28s %28s %8s\n", "bytes", "copied: thread, all us", "zero-copy: thread, all us", "copied");
    for (std::size_t size = std::size_t{4} << 10; size <= std::size_t{4} << 20; size *= 4) {
        std::vector<char> const body(size, 'x');
        auto const count = std::max(100U, static_cast<unsigned>((std::uint64_t{megabytes} << 20) / size / 2));
        Cost const copy = measure(ring, fd, body, Way::COPY, count);
        Cost const zero = measure(ring, fd, body, Way::ZERO_COPY, count);
        std::printf("%10zu %20.1f %7.1f %20.1f %7.1f %7.0f%%\n", size, copy.thread, copy.process, zero.thread, zero.process,
                    zero.copied * 100);
    }
}
