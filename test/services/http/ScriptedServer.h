#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace Ichor::Testing {

/// One connection of a ScriptedServer. Reading gives up after some seconds, so that a test fails instead of hanging.
class ServerSide {
public:
    ServerSide(int fd, int number) noexcept : _fd(fd), _number(number) {}
    ServerSide(ServerSide const &) = delete;
    ServerSide &operator=(ServerSide const &) = delete;
    ~ServerSide() { close(); }

    /// How many connections came before this one.
    [[nodiscard]] int number() const noexcept { return _number; }

    /// One whole request by its Content-Length; what there is when the client goes before.
    std::string readRequest() {
        for (;;) {
            std::size_t const head = _received.find("\r\n\r\n");
            if (head != std::string::npos) {
                std::size_t size = head + 4;
                std::size_t const length = _received.find("Content-Length: ");
                if (length < head) size += std::stoul(_received.substr(length + 16, 20));
                if (_received.size() >= size) {
                    std::string request = _received.substr(0, size);
                    _received.erase(0, size);
                    return request;
                }
            }
            if (!receive()) return std::exchange(_received, {});
        }
    }

    bool send(std::string_view text) {
        while (!text.empty()) {
            ssize_t const sent = ::send(_fd, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    bool isClosedByClient() {
        while (receive()) {}
        return !_hasTimedOut;
    }

    void close() {
        if (_fd >= 0) ::close(std::exchange(_fd, -1));
    }

private:
    bool receive() {
        pollfd waiting{_fd, POLLIN, 0};
        if (::poll(&waiting, 1, 10'000) != 1) {
            _hasTimedOut = true;
            return false;
        }
        char buffer[65536];
        ssize_t const size = ::recv(_fd, buffer, sizeof(buffer), 0);
        if (size <= 0) return false;
        _received.append(buffer, static_cast<std::size_t>(size));
        return true;
    }

    int _fd;
    int _number;
    std::string _received;
    bool _hasTimedOut{false};
};

/// A server that says what the test says: `script` runs for each connection on a thread of its own, and the connection ends with it.
class ScriptedServer {
public:
    using Script = std::function<void(ServerSide &)>;

    explicit ScriptedServer(Script script) : _script(std::move(script)), _fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto *const generic = reinterpret_cast<sockaddr *>(&address);
        if (::bind(_fd, generic, size) != 0 || ::listen(_fd, 100) != 0 || ::getsockname(_fd, generic, &size) != 0) {
            throw std::runtime_error("cannot listen");
        }
        port = ntohs(address.sin_port);
        _acceptor = std::thread([this] { acceptAll(); });
    }
    ScriptedServer(ScriptedServer const &) = delete;
    ScriptedServer &operator=(ScriptedServer const &) = delete;
    ~ScriptedServer() { stop(); }

    /// Takes no more connections, and waits for the scripts to end.
    void stop() {
        if (!_acceptor.joinable()) return;
        ::shutdown(_fd, SHUT_RDWR);
        _acceptor.join();
        ::close(_fd);
        for (std::thread &thread : _connections) thread.join();
    }

    [[nodiscard]] int connectionCount() const noexcept { return _count; }

    std::uint16_t port{0};

private:
    void acceptAll() {
        for (;;) {
            int const fd = ::accept4(_fd, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) return;
            _connections.emplace_back([this, fd, number = _count++] {
                ServerSide side(fd, number);
                _script(side);
            });
        }
    }

    Script _script;
    int _fd;
    std::atomic<int> _count{0};
    std::vector<std::thread> _connections; // the acceptor's, until it has ended
    std::thread _acceptor;
};

/// A response of that body, and perhaps a further header field.
inline std::string answerOf(std::string_view body, std::string_view field = {}) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(field) + "\r\n" + std::string(body);
}

} // namespace Ichor::Testing
