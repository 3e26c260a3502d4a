// What a server costs that does nothing but read and write: finds the end of each request and writes a fixed answer. One thread, one epoll,
// one read and one write a request, no framework. The others are measured in multiples of it.

#include "Arguments.h"
#include "BareAnswer.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr char const *USAGE = R"(Answers every HTTP request with the same bytes.
  -a, --address ADDRESS   to listen on: 127.0.0.1
  -p, --port PORT         to listen on: 8001
  --spin MICROSECONDS     look for work for so long before sleeping: 0
)";

using Clock = std::chrono::steady_clock;

class Server final {
public:
    Server(char const *address, std::uint16_t port, std::chrono::microseconds spin)
        : _spin(spin), _listener(Benchmarks::listenOn(address, port)) {
        _epoll = ::epoll_create1(EPOLL_CLOEXEC);
        watch(_listener);
    }

    [[noreturn]] void run() {
        for (;;) {
            int const count = wait();
            for (int i = 0; i < count; ++i) {
                int const fd = _ready[static_cast<std::size_t>(i)].data.fd;
                if (fd == _listener) {
                    acceptAll();
                } else {
                    serve(fd);
                }
            }
        }
    }

private:
    void watch(int fd) const {
        epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.fd = fd}};
        if (::epoll_ctl(_epoll, EPOLL_CTL_ADD, fd, &event) != 0) Benchmarks::fail("epoll_ctl");
    }

    int wait() {
        auto const size = static_cast<int>(_ready.size());
        if (_spin.count() != 0) {
            auto const begin = Clock::now();
            do {
                if (int const count = ::epoll_wait(_epoll, _ready.data(), size, 0); count != 0) return count;
            } while (Clock::now() - begin < _spin);
        }
        return ::epoll_wait(_epoll, _ready.data(), size, -1);
    }

    void acceptAll() {
        for (;;) {
            int const fd = ::accept4(_listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) return;
            if (_begun.size() <= static_cast<std::size_t>(fd)) _begun.resize(static_cast<std::size_t>(fd) + 1);
            watch(fd);
        }
    }

    void serve(int fd) {
        std::string &begun = _begun[static_cast<std::size_t>(fd)];
        for (;;) {
            ssize_t const received = ::recv(fd, _input.data(), _input.size(), 0);
            if (received <= 0) {
                if (received < 0 && errno == EAGAIN) return;
                begun = {};
                ::close(fd);
                return;
            }
            answer(fd, begun, {_input.data(), static_cast<std::size_t>(received)});
            if (static_cast<std::size_t>(received) != _input.size()) return; // we are told of more
        }
    }

    void answer(int fd, std::string &begun, std::string_view text) {
        if (!begun.empty()) text = begun.append(text);
        _output.clear();
        for (std::size_t size = 0; (size = Benchmarks::sizeOfRequest(text)) != 0; text.remove_prefix(size)) _output += Benchmarks::ANSWER;
        begun = std::string(text);
        // A peer that does not read its answers is none of a bare loop's concerns.
        if (!_output.empty() && ::send(fd, _output.data(), _output.size(), MSG_NOSIGNAL) < 0) return;
    }

    std::chrono::microseconds _spin;
    int _listener;
    int _epoll = -1;
    std::array<epoll_event, 512> _ready{};
    std::array<char, 64 * 1024> _input{};
    std::string _output;
    std::vector<std::string> _begun; // by descriptor: the beginning of a request
};

} // namespace

int main(int argc, char **argv) {
    char const *address = "127.0.0.1";
    std::uint16_t port = 8001;
    std::chrono::microseconds spin{0};
    for (Benchmarks::Arguments arguments(argc, argv, USAGE); arguments.next();) {
        if (arguments.is("-a") || arguments.is("--address")) {
            address = arguments.text();
        } else if (arguments.is("-p") || arguments.is("--port")) {
            port = arguments.number<std::uint16_t>();
        } else if (arguments.is("--spin")) {
            spin = std::chrono::microseconds{arguments.number<std::uint32_t>()};
        } else {
            arguments.refuse();
        }
    }
    static Server server(address, port, spin);
    server.run();
}
