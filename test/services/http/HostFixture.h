#pragma once

#include "TestQueue.h"

#include <ichor/DependencyManager.h>
#include <ichor/services/http/HttpHostService.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace Ichor::Testing {

/// A client of a test: a plain socket. Reading gives up after a minute, so that a test fails instead of hanging.
class TestClient {
public:
    /// Has a socket, and no connection yet.
    TestClient() : _fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (_fd < 0) throw std::runtime_error("no descriptor for a client");
    }
    explicit TestClient(std::uint16_t port) : TestClient() { connect(port); }

    void connect(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int const on = 1;
        ::setsockopt(_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        if (::connect(_fd, reinterpret_cast<sockaddr *>(&address), sizeof(address)) != 0) throw std::runtime_error("cannot connect");
    }
    TestClient(TestClient &&other) noexcept : _fd(std::exchange(other._fd, -1)), _received(std::move(other._received)) {}
    TestClient &operator=(TestClient &&other) noexcept {
        std::swap(_fd, other._fd);
        std::swap(_received, other._received);
        return *this;
    }
    ~TestClient() { close(); }

    void close() {
        if (_fd >= 0) ::close(std::exchange(_fd, -1));
    }
    /// Ends with a reset instead of a farewell.
    void reset() {
        linger const option{1, 0};
        ::setsockopt(_fd, SOL_SOCKET, SO_LINGER, &option, sizeof(option));
        close();
    }
    void endInput() { ::shutdown(_fd, SHUT_WR); }

    /// Gives its socket little room for what comes in and what goes out; before it connects.
    void limitBuffers(int size) {
        ::setsockopt(_fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
        ::setsockopt(_fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    }

    /// How much of it the socket has room for; negative once the server has closed.
    ssize_t sendSome(std::string_view text) {
        ssize_t const sent = ::send(_fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : sent;
    }

    /// Whether the socket has room for more, at the latest in that time.
    bool hasRoomWithin(std::chrono::milliseconds time) const {
        pollfd waiting{_fd, POLLOUT, 0};
        return ::poll(&waiting, 1, static_cast<int>(time.count())) == 1;
    }

    /// False once the server has closed.
    bool send(std::string_view text) {
        while (!text.empty()) {
            ssize_t const sent = ::send(_fd, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// One whole response by its Content-Length; what there is when the connection ends before.
    std::string readResponse(bool isToHead = false) {
        for (;;) {
            std::size_t const head = _received.find("\r\n\r\n");
            if (head != std::string::npos) {
                std::size_t size = head + 4;
                std::size_t const length = _received.find("Content-Length: ");
                if (!isToHead && length < head) size += std::stoul(_received.substr(length + 16));
                if (_received.size() >= size) {
                    std::string response = _received.substr(0, size);
                    _received.erase(0, size);
                    return response;
                }
            }
            if (!receive()) return std::exchange(_received, {});
        }
    }

    /// All until the server closes.
    std::string readAll() {
        while (receive()) {}
        return std::exchange(_received, {});
    }

    /// What one read gives.
    std::string receiveOnce() {
        (void)receive();
        return std::exchange(_received, {});
    }

    /// Something has come that was not read, or the end.
    bool hasInput() {
        pollfd waiting{_fd, POLLIN, 0};
        return ::poll(&waiting, 1, 0) == 1;
    }

    bool isClosedByServer() { return !receive() && !_hasTimedOut; }

    [[nodiscard]] bool hasTimedOut() const { return _hasTimedOut; }
    /// The server's end was no farewell.
    [[nodiscard]] bool isReset() const { return _isReset; }
    [[nodiscard]] int descriptor() const { return _fd; }

    /// Waits for more; false: there is none.
    bool receive() {
        pollfd waiting{_fd, POLLIN, 0};
        if (::poll(&waiting, 1, 60'000) != 1) {
            _hasTimedOut = true;
            return false;
        }
        char buffer[65536];
        ssize_t const size = ::recv(_fd, buffer, sizeof(buffer), 0);
        if (size < 0 && errno == ECONNRESET) _isReset = true;
        if (size <= 0) return false;
        _received.append(buffer, static_cast<std::size_t>(size));
        return true;
    }
    [[nodiscard]] std::string const &received() const { return _received; }
    void forget() { std::string().swap(_received); }

private:
    int _fd;
    std::string _received;
    bool _hasTimedOut{false};
    bool _isReset{false};
};

/// A host on a thread of its own, and one service with routes that the test gives. Without a port it takes one that is free.
class HostFixture {
public:
    using AddRoutes = std::function<void(IHttpHostService &, IService &, std::vector<HttpRouteRegistration> &)>;

    explicit HostFixture(AddRoutes addRoutes, Properties properties = {}) {
        if (!properties.contains("Port")) properties.insert_or_assign("Port", std::uint16_t{0});
        _addRoutes = std::move(addRoutes);
        auto listening = _listening.get_future();
        _thread = std::thread([this, properties = std::move(properties)]() mutable {
            DependencyManager &dm = _queue->createManager();
            hostId = dm.createServiceManager<HttpHostService, IHttpHostService>(std::move(properties));
            routesId = dm.createServiceManager<Routes>(Properties{{"Fixture", this}});
            exitStatus = _queue->start();
        });
        port = listening.get();
    }
    ~HostFixture() { stop(); }

    void stop() {
        if (!_thread.joinable()) return;
        _queue->tryPushEvent<QuitEvent>(ServiceId{}); // the test may have made it end before
        _thread.join();
    }

    /// Runs something on the host's thread, and waits for it.
    template <class F>
    auto onThread(F f) {
        using Result = std::invoke_result_t<F &, DependencyManager &>;
        std::promise<Result> promise;
        auto result = promise.get_future();
        _queue->pushEvent<RunFunctionEvent>(ServiceId{}, [&promise, &f](DependencyManager &dm) {
            if constexpr (std::is_void_v<Result>) {
                f(dm);
                promise.set_value();
            } else {
                promise.set_value(f(dm));
            }
        });
        return result.get();
    }

    std::size_t connectionCount() {
        return onThread([this](DependencyManager &dm) {
            auto *const host = dm.getService<IHttpHostService>(hostId);
            return host == nullptr ? 0 : static_cast<HttpHostService *>(host)->connectionCount();
        });
    }

    /// Whether the host gets rid of all connections in time.
    bool becomesEmpty() {
        for (int i = 0; i < 6000; ++i) {
            if (connectionCount() == 0) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        return false;
    }

    TestClient connect() const { return TestClient(port); }

    std::uint16_t port{0};
    ServiceId hostId;
    ServiceId routesId;
    int exitStatus{-1};

private:
    class Routes final {
    public:
        Routes(IHttpHostService &host, IService &self) {
            auto *const fixture = self.getProperties().get<HostFixture *>("Fixture").value();
            fixture->_addRoutes(host, self, _routes);
            if (!std::exchange(fixture->_isListening, true)) fixture->_listening.set_value(host.port());
        }

    private:
        std::vector<HttpRouteRegistration> _routes;
    };

    std::thread _thread;
    std::unique_ptr<TestQueue> _queue = std::make_unique<TestQueue>(); // outlives its loop, for those who push late
    AddRoutes _addRoutes;
    std::promise<std::uint16_t> _listening;
    bool _isListening{false};
};

} // namespace Ichor::Testing
