// A light load generator: one thread, io_uring, one request in flight a connection. It costs a fraction of what a server does, so that on
// one processor it keeps a server on another busy, which wrk no longer does from 60,000 requests/s on.
//
// Receiving is one multishot operation a connection into a ring of shared buffers, so that a request costs one submission (its send) and
// one completion (its answer); all that belongs to one round goes to the kernel in one call.

#include "LoadReport.h"
#include "LoadSettings.h"
#include "ServerCounts.h"
#include "ServerTime.h"
#include "UringBuffers.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <liburing.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace Benchmarks {

namespace {

constexpr auto TIME_OUT = std::chrono::seconds{2}; // wrk's
constexpr auto CONNECT_WITHIN = std::chrono::seconds{20};
constexpr unsigned CONNECTING_AT_ONCE = 512;
constexpr unsigned MAXIMUM_COMPLETIONS = 4096; // handled before the next submission

[[noreturn]] void fail(char const *what, int error) {
    std::fprintf(stderr, "http_load: %s: %s\n", what, std::strerror(error));
    std::exit(1);
}

Clock::duration inSeconds(double seconds) { return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)); }

/// Bytes of the first response in `text`; 0: it is not all there. Those with neither length nor body are not expected.
std::size_t sizeOfResponse(std::string_view text) {
    constexpr std::string_view LENGTH = "\r\ncontent-length:";
    std::size_t const end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    for (std::size_t line = text.find("\r\n"); line < end; line = text.find("\r\n", line + 2)) {
        if (strncasecmp(text.data() + line, LENGTH.data(), LENGTH.size()) != 0) continue;
        std::size_t const size = end + 4 + std::strtoul(text.data() + line + LENGTH.size(), nullptr, 10);
        return size <= text.size() ? size : 0;
    }
    return end + 4;
}

class Load final {
public:
    explicit Load(LoadSettings const &settings) : _settings(settings), _connections(settings.connections) {
        _address.sin_family = AF_INET;
        _address.sin_port = htons(settings.port);
        if (::inet_pton(AF_INET, settings.address.c_str(), &_address.sin_addr) != 1) fail(settings.address.c_str(), EINVAL);
        _request = "POST /ping HTTP/1.1\r\nHost: " + settings.address + ":" + std::to_string(settings.port) +
                   "\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"sequence\": 2}";
        io_uring_params parameters{};
        parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE;
        parameters.cq_entries = 65536;
        if (int const error = io_uring_queue_init_params(4096, &_ring, &parameters); error != 0) fail("io_uring", -error);
        if (int const error = _buffers.open(_ring); error != 0) fail("ring of buffers", -error);
        if (settings.counts) watchServer();
    }
    ~Load() { io_uring_queue_exit(&_ring); }
    Load(Load const &) = delete;
    Load &operator=(Load const &) = delete;

    LoadReport run() {
        connectAll();
        _open = _connected;
        for (std::uint32_t i = 0; i < _connections.size(); ++i) begin(i);
        runUntil(_now + inSeconds(_settings.warmup));
        _report.beginMeasuring();
        SystemCalls::Counts const callsBefore = _systemCalls.read();
        std::uint64_t const allocationsBefore = _allocations.read();
        ServerTime const before = ServerTime::of(_settings.serverPids);
        auto const from = Clock::now();
        runUntil(from + inSeconds(_settings.seconds));
        auto const until = Clock::now();
        ServerTime const after = ServerTime::of(_settings.serverPids);
        for (Connection const &one : _connections) {
            if (one.fd >= 0 && until - one.sentAt > TIME_OUT) ++_report.timeOuts;
        }
        _report.seconds = std::chrono::duration<double>(until - from).count();
        _report.server = after - before;
        _report.systemCalls = _systemCalls.read() - callsBefore;
        _report.allocations = _allocations.read() - allocationsBefore;
        return _report;
    }

private:
    enum Operation : std::uint64_t { CONNECT, SEND, RECEIVE };

    struct Connection {
        int fd{-1};
        Clock::time_point sentAt{};
        std::string begun; // the beginning of a response
    };

    io_uring_sqe &nextSubmission() {
        io_uring_sqe *sqe = io_uring_get_sqe(&_ring);
        while (sqe == nullptr) {
            io_uring_submit(&_ring);
            sqe = io_uring_get_sqe(&_ring);
        }
        return *sqe;
    }

    void watchServer() {
        if (int const error = _systemCalls.watch(_settings.serverPids); error != 0) fail("counting system calls", error);
        if (_settings.allocations == nullptr) return;
        if (int const error = _allocations.watch(_settings.allocations); error != 0) fail(_settings.allocations, error);
    }

    static void label(io_uring_sqe &sqe, std::uint32_t index, Operation operation) {
        sqe.user_data = std::uint64_t{index} << 2 | operation;
    }

    void connectAll() {
        auto const from = Clock::now();
        std::uint32_t begun = 0;
        while (_connected != _connections.size()) {
            while (begun != _connections.size() && begun - _connected < CONNECTING_AT_ONCE) connect(begun++);
            turn();
            if (Clock::now() - from > CONNECT_WITHIN) {
                std::fprintf(stderr, "http_load: only %u of %zu connections within 20 s\n", _connected, _connections.size());
                std::exit(1);
            }
        }
        _report.connectSeconds = std::chrono::duration<double>(_now - from).count();
    }

    void connect(std::uint32_t index) {
        Connection &one = _connections[index];
        one.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (one.fd < 0) fail("socket", errno);
        int const on = 1;
        ::setsockopt(one.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        io_uring_sqe &sqe = nextSubmission();
        io_uring_prep_connect(&sqe, one.fd, reinterpret_cast<sockaddr *>(&_address), sizeof(_address));
        label(sqe, index, CONNECT);
    }

    void begin(std::uint32_t index) {
        receive(index);
        send(index);
    }

    void receive(std::uint32_t index) {
        io_uring_sqe &sqe = nextSubmission();
        io_uring_prep_recv_multishot(&sqe, _connections[index].fd, nullptr, 0, 0);
        sqe.flags |= IOSQE_BUFFER_SELECT;
        sqe.buf_group = UringBuffers::GROUP;
        label(sqe, index, RECEIVE);
    }

    void send(std::uint32_t index) {
        Connection &one = _connections[index];
        one.sentAt = _now;
        io_uring_sqe &sqe = nextSubmission();
        io_uring_prep_send(&sqe, one.fd, _request.data(), _request.size(), MSG_NOSIGNAL);
        sqe.flags |= IOSQE_CQE_SKIP_SUCCESS;
        label(sqe, index, SEND);
    }

    void runUntil(Clock::time_point end) {
        while (_now < end) turn();
    }

    void turn() {
        int const error = _settings.spins ? look() : wait();
        if (error < 0 && error != -ETIME && error != -EINTR) fail("io_uring", -error);
        _now = Clock::now();
        unsigned head = 0;
        unsigned seen = 0;
        io_uring_cqe *cqe = nullptr;
        io_uring_for_each_cqe(&_ring, head, cqe) {
            complete(*cqe);
            if (++seen == MAXIMUM_COMPLETIONS) break;
        }
        io_uring_cq_advance(&_ring, seen);
        _buffers.giveBack();
    }

    /// Answers are taken a few at a time once there are many connections. A load that wakes for each one is slower than a fast server,
    /// whose turns then become small as well: whether that happened was chance, and the same server needed 0.03 or 0.3 system calls a
    /// request.
    int wait() {
        __kernel_timespec timeout{.tv_sec = 0, .tv_nsec = 100'000'000};
        io_uring_cqe *first = nullptr;
        return io_uring_submit_and_wait_timeout(&_ring, &first, std::clamp(_open / 16, 1U, 32U), &timeout, nullptr);
    }

    int look() { return io_uring_submit_and_get_events(&_ring); }

    void complete(io_uring_cqe const &cqe) {
        auto const index = static_cast<std::uint32_t>(cqe.user_data >> 2);
        switch (static_cast<Operation>(cqe.user_data & 3)) {
        case CONNECT:
            if (cqe.res < 0) fail("connect", -cqe.res);
            ++_connected;
            return;
        case SEND: // of one that went well nothing is heard
            if (cqe.res < static_cast<int>(_request.size())) drop(index);
            return;
        case RECEIVE: return received(index, cqe);
        }
    }

    void received(std::uint32_t index, io_uring_cqe const &cqe) {
        Connection &one = _connections[index];
        if ((cqe.flags & IORING_CQE_F_BUFFER) != 0) {
            auto const buffer = static_cast<std::uint16_t>(cqe.flags >> IORING_CQE_BUFFER_SHIFT);
            if (one.fd >= 0 && cqe.res > 0) take(index, _buffers.view(buffer, static_cast<std::size_t>(cqe.res)));
            _buffers.release(buffer);
        }
        if (one.fd < 0) return;
        if (cqe.res == -ENOBUFS || (cqe.res > 0 && (cqe.flags & IORING_CQE_F_MORE) == 0)) {
            receive(index); // the operation ended, the connection did not
        } else if (cqe.res <= 0) {
            drop(index);
        }
    }

    void take(std::uint32_t index, std::string_view text) {
        Connection &one = _connections[index];
        if (!one.begun.empty()) text = one.begun.append(text);
        std::size_t const size = sizeOfResponse(text);
        if (size == 0) {
            if (one.begun.empty()) one.begun = text;
            return;
        }
        bool const isFine = text.starts_with("HTTP/1.1 200") && size == text.size();
        one.begun.clear();
        if (!isFine) return drop(index);
        _report.add(_now - one.sentAt, TIME_OUT);
        send(index);
    }

    /// It has failed, and is not replaced, so that a server that drops connections looks no better for it.
    void drop(std::uint32_t index) {
        Connection &one = _connections[index];
        if (one.fd < 0) return;
        ++_report.errors;
        --_open;
        ::shutdown(one.fd, SHUT_RDWR);
        ::close(one.fd);
        one.fd = -1;
    }

    LoadSettings const &_settings;
    io_uring _ring{};
    UringBuffers _buffers;
    sockaddr_in _address{};
    std::string _request;
    std::vector<Connection> _connections;
    SystemCalls _systemCalls;
    Allocations _allocations;
    LoadReport _report;
    Clock::time_point _now{Clock::now()};
    std::uint32_t _connected{0};
    std::uint32_t _open{0}; // of those, once all are there
};

void raiseDescriptorLimit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

} // namespace Benchmarks

int main(int argc, char **argv) {
    Benchmarks::LoadSettings const settings = Benchmarks::LoadSettings::parse(argc, argv);
    Benchmarks::raiseDescriptorLimit();
    Benchmarks::Load load(settings);
    load.run().print();
}
