// The same as bare_epoll.cpp by io_uring: the kernel accepts and receives by itself, into buffers that it takes from a ring, and the
// answers of one turn go to it in the one call that also waits for what comes next. One thread, no framework.

#include "Arguments.h"
#include "BareAnswer.h"
#include "UringBuffers.h"

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <liburing.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr char const *USAGE = R"(Answers every HTTP request with the same bytes, by io_uring.
  -a, --address ADDRESS   to listen on: 127.0.0.1
  -p, --port PORT         to listen on: 8001
)";

constexpr unsigned SUBMISSIONS = 4096;
constexpr unsigned COMPLETIONS = 65536;

[[noreturn]] void failIn(char const *what, int error) {
    errno = -error;
    Benchmarks::fail(what);
}

class Server final {
public:
    Server(char const *address, std::uint16_t port) : _listener(Benchmarks::listenOn(address, port)) {
        open();
        if (int const error = _buffers.open(_ring); error != 0) failIn("ring of buffers", error);
        io_uring_register_ring_fd(&_ring); // where the kernel has it
        accept();
    }

    [[noreturn]] void run() {
        for (;;) {
            int const error = io_uring_submit_and_wait(&_ring, 1);
            if (error < 0 && error != -EINTR && error != -EAGAIN && error != -EBUSY) failIn("io_uring", error);
            unsigned head = 0;
            unsigned seen = 0;
            io_uring_cqe *completion = nullptr;
            io_uring_for_each_cqe(&_ring, head, completion) {
                complete(*completion);
                ++seen;
            }
            io_uring_cq_advance(&_ring, seen);
            _buffers.giveBack();
        }
    }

private:
    enum Operation : std::uint64_t { ACCEPT, RECEIVE, SEND, CLOSE };

    struct Connection {
        std::string begun;                    // the beginning of a request
        std::unique_ptr<std::string> answers; // of pipelined requests, which the kernel has not yet sent
    };

    /// Takes the best that the kernel has: a flag that it does not know is an error.
    void open() {
        unsigned const best = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_COOP_TASKRUN;
        int error = 0;
        for (unsigned const flags : {best, unsigned{IORING_SETUP_COOP_TASKRUN}, 0U}) {
            io_uring_params parameters{};
            parameters.flags = flags | IORING_SETUP_CQSIZE;
            parameters.cq_entries = COMPLETIONS;
            error = io_uring_queue_init_params(SUBMISSIONS, &_ring, &parameters);
            if (error != -EINVAL) break;
        }
        if (error != 0) failIn("io_uring", error);
    }

    io_uring_sqe &next() {
        io_uring_sqe *entry = io_uring_get_sqe(&_ring);
        while (entry == nullptr) {
            io_uring_submit(&_ring);
            entry = io_uring_get_sqe(&_ring);
        }
        return *entry;
    }

    // Preparing an entry would clear it, and so it comes last.
    static void label(io_uring_sqe &entry, int fd, Operation operation) {
        entry.user_data = std::uint64_t{static_cast<unsigned>(fd)} << 2 | operation;
    }

    void accept() {
        io_uring_sqe &entry = next();
        io_uring_prep_multishot_accept(&entry, _listener, nullptr, nullptr, SOCK_CLOEXEC);
        label(entry, _listener, ACCEPT);
    }

    void receive(int fd) {
        io_uring_sqe &entry = next();
        io_uring_prep_recv_multishot(&entry, fd, nullptr, 0, 0);
        entry.flags |= IOSQE_BUFFER_SELECT;
        entry.buf_group = Benchmarks::UringBuffers::GROUP;
        label(entry, fd, RECEIVE);
    }

    void complete(io_uring_cqe const &completion) {
        auto const fd = static_cast<int>(completion.user_data >> 2);
        switch (static_cast<Operation>(completion.user_data & 3)) {
        case ACCEPT:
            if (completion.res >= 0) begin(completion.res);
            if ((completion.flags & IORING_CQE_F_MORE) == 0) accept();
            return;
        case RECEIVE: return received(fd, completion);
        case SEND: // only of what could not be sent, and of several answers together
            if (completion.res >= 0) connection(fd).answers.reset();
            return;
        case CLOSE: return;
        }
    }

    Connection &connection(int fd) { return _connections[static_cast<std::size_t>(fd)]; }

    void begin(int fd) {
        if (_connections.size() <= static_cast<std::size_t>(fd)) _connections.resize(static_cast<std::size_t>(fd) + 1);
        receive(fd);
    }

    void received(int fd, io_uring_cqe const &completion) {
        if (completion.res > 0) {
            auto const buffer = static_cast<std::uint16_t>(completion.flags >> IORING_CQE_BUFFER_SHIFT);
            answer(fd, _buffers.view(buffer, static_cast<std::size_t>(completion.res)));
            _buffers.release(buffer);
        }
        if ((completion.flags & IORING_CQE_F_MORE) != 0) return;
        if (completion.res > 0 || completion.res == -ENOBUFS) return receive(fd); // it ended, the connection did not
        connection(fd) = {};
        io_uring_sqe &entry = next();
        io_uring_prep_close(&entry, fd);
        entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
        label(entry, fd, CLOSE);
    }

    void answer(int fd, std::string_view text) {
        Connection &one = connection(fd);
        if (!one.begun.empty()) text = one.begun.append(text);
        std::size_t count = 0;
        for (std::size_t size = 0; (size = Benchmarks::sizeOfRequest(text)) != 0; text.remove_prefix(size)) ++count;
        if (!text.empty() || !one.begun.empty()) one.begun = std::string(text);
        if (count == 1) {
            send(fd, Benchmarks::ANSWER, IOSQE_CQE_SKIP_SUCCESS);
        } else if (count != 0) {
            one.answers = std::make_unique<std::string>();
            while (count-- != 0) *one.answers += Benchmarks::ANSWER;
            send(fd, *one.answers, 0);
        }
    }

    void send(int fd, std::string_view bytes, std::uint8_t flags) {
        io_uring_sqe &entry = next();
        io_uring_prep_send(&entry, fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        entry.flags |= flags;
        label(entry, fd, SEND);
    }

    int _listener;
    io_uring _ring{};
    Benchmarks::UringBuffers _buffers;
    std::vector<Connection> _connections; // by descriptor
};

} // namespace

int main(int argc, char **argv) {
    char const *address = "127.0.0.1";
    std::uint16_t port = 8001;
    for (Benchmarks::Arguments arguments(argc, argv, USAGE); arguments.next();) {
        if (arguments.is("-a") || arguments.is("--address")) {
            address = arguments.text();
        } else if (arguments.is("-p") || arguments.is("--port")) {
            port = arguments.number<std::uint16_t>();
        } else {
            arguments.refuse();
        }
    }
    static Server server(address, port);
    server.run();
}
