// What every kind of queue that can move bytes over sockets promises. Included by one test file a family of queues, after it has named its
// kinds in a std::tuple `SocketsKinds`.
#pragma once

#include <event_queues/QueueContract.h>

#include <ichor/event_queues/ISockets.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
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
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace Ichor::Testing {

/// A stream's user whose reactions a test writes down. Keeps what it received.
class TestStream final : public IByteStreamUser {
public:
    std::function<void(Readiness)> handler = [](Readiness) {};
    ByteStreamPtr stream;
    std::string received;
    std::string unsent;
    bool hasEnded = false;
    bool hasFailed = false;

    void onReady(Readiness readiness) noexcept override {
        if (has(readiness, Readiness::FAILED)) hasFailed = true;
        handler(readiness);
    }

    void receiveAll() {
        for (;;) {
            Received const some = stream->receive(_scratch);
            received.append(some.bytes.data(), some.bytes.size());
            hasEnded = hasEnded || some.kind == Received::Kind::ENDED;
            hasFailed = hasFailed || some.kind == Received::Kind::FAILED;
            if (some.kind != Received::Kind::BYTES || !some.mayHaveMore) return;
        }
    }

    /// Sends it once what came before is sent; call it again, with nothing, when there is room.
    void sendBehind(std::string_view text) {
        unsent.append(text);
        std::string_view rest = unsent;
        send(rest);
        unsent.erase(0, unsent.size() - rest.size());
    }

    /// Sends as much of it as there is room for, and takes that off.
    void send(std::string_view &rest) {
        while (!rest.empty()) {
            Sent const sent = stream->send(rest);
            if (sent.error) hasFailed = true;
            rest.remove_prefix(sent.size);
            if (sent.size == 0 || sent.error) return;
        }
    }

private:
    std::array<char, 5000> _scratch;
};

class TestAcceptorUser final : public IAcceptorUser {
public:
    std::function<void(int)> handler = [](int socket) { ::close(socket); };
    std::size_t room = 1000;
    std::size_t accepted = 0;
    AcceptorPtr acceptor;

    void onAccepted(int socket) noexcept override {
        ++accepted;
        --room;
        handler(socket);
    }
    [[nodiscard]] bool mayAccept() const noexcept override { return room != 0; }
    void onAcceptFailed(std::error_code error) noexcept override { failure = error; }

    std::error_code failure;
};

/// A listening TCP socket of ours, and connections to it.
class TestListener final {
public:
    TestListener() : fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        int const on = 1;
        ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (::bind(fd, asAddress(), size) != 0 || ::listen(fd, 1024) != 0) throw std::runtime_error("cannot listen");
        ::getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size);
    }
    TestListener(TestListener const &) = delete;
    TestListener &operator=(TestListener const &) = delete;
    ~TestListener() { close(); }

    void close() noexcept {
        if (fd >= 0) ::close(std::exchange(fd, -1));
    }
    [[nodiscard]] sockaddr const *asAddress() const noexcept { return reinterpret_cast<sockaddr const *>(&address); }

    [[nodiscard]] int connect() const {
        int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(socket, asAddress(), sizeof(address)) != 0) throw std::runtime_error("cannot connect");
        return socket;
    }

    /// Both ends of a connection; the first one does not block.
    [[nodiscard]] std::pair<int, int> pair() const {
        int const far = connect();
        int near = -1;
        while (near < 0) near = ::accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        return {near, far};
    }

    int fd;
    sockaddr_in address{};
};

inline std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 31 + i / 977) % 26);
    return text;
}

inline std::string readAll(int fd, std::size_t atOnce) {
    std::string all;
    std::vector<char> buffer(atOnce);
    for (ssize_t size = 0; (size = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;)
        all.append(buffer.data(), static_cast<std::size_t>(size));
    return all;
}

inline void writeAll(int fd, std::string_view text) {
    while (!text.empty()) {
        ssize_t const size = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (size <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(size));
    }
}

TEMPLATE_LIST_TEST_CASE("Sockets: what is sent arrives whole and in order, also where there is not room for all of it", "[sockets]",
                        SocketsKinds) {
    std::string const text = pattern(3'000'000);
    TestListener listener;
    auto const [near, far] = listener.pair();
    std::string arrived;
    std::thread peer([&arrived, fd = far] { arrived = readAll(fd, 3000); });
    {
        Running<TestType> run;
        TestStream user;
        std::string_view rest = text;
        user.handler = [&](Readiness) {
            if (user.stream == nullptr || rest.empty()) return;
            user.send(rest);
            if (rest.empty()) user.stream->endOutput();
        };
        run.onStarted = [&, fd = near] {
            user.stream = std::move(*run.queue.sockets()->open(fd, user));
            user.handler(Readiness::WRITABLE);
        };
        // What was taken goes out before the stream is closed; the peer says that it has all of it.
        std::thread waiter([&] {
            peer.join();
            run.queue.template pushEvent<Numbered>(ORIGIN, 1);
        });
        run.processor.onEvent = [&](Event &) {
            user.stream.reset();
            run.processor.finish();
        };
        run.queue.start();
        waiter.join();
        CHECK_FALSE(user.hasFailed);
    }
    CHECK(arrived == text);
    ::close(far);
}

TEMPLATE_LIST_TEST_CASE("Sockets: what arrives is received whole and in order, at once or late, and its end behind it", "[sockets]",
                        SocketsKinds) {
    bool const isLate = GENERATE(false, true);
    std::string const text = pattern(1'000'000);
    TestListener listener;
    auto const [near, far] = listener.pair();
    std::thread peer([&text, fd = far] {
        writeAll(fd, text);
        ::shutdown(fd, SHUT_WR);
    });
    TestStream user;
    {
        Running<TestType> run;
        TestTimer timer;
        auto const receive = [&] {
            user.receiveAll();
            if (!user.hasEnded && !user.hasFailed) return;
            user.stream.reset();
            run.processor.finish();
        };
        timer.onDue = receive;
        user.handler = [&](Readiness) {
            if (user.stream == nullptr) return;
            if (!isLate) return receive();
            if (!timer.isArmed()) run.queue.armTimer(timer, run.queue.now() + 2ms);
        };
        run.onStarted = [&, fd = near] {
            user.stream = std::move(*run.queue.sockets()->open(fd, user));
            if (isLate) run.queue.armTimer(timer, run.queue.now() + 2ms);
        };
        run.queue.start();
    }
    peer.join();
    CHECK(user.hasEnded);
    CHECK_FALSE(user.hasFailed);
    CHECK(user.received == text);
    ::close(far);
}

TEMPLATE_LIST_TEST_CASE("Sockets: hundreds of streams that are ready in the same turn are all served", "[sockets]", SocketsKinds) {
    constexpr std::size_t COUNT = 300;
    constexpr int ROUNDS = 5;
    std::string const message = pattern(700);
    TestListener listener;
    std::vector<TestStream> users(COUNT);
    std::vector<int> far(COUNT);
    {
        Running<TestType> run;
        std::size_t open = COUNT;
        run.onStarted = [&] {
            for (std::size_t i = 0; i < COUNT; ++i) {
                auto const [near, other] = listener.pair();
                far[i] = other;
                users[i].handler = [&run, &open, &user = users[i]](Readiness) {
                    if (user.stream == nullptr) return;
                    std::size_t const before = user.received.size();
                    user.receiveAll();
                    user.sendBehind(std::string_view(user.received).substr(before));
                    if (!user.hasEnded && !user.hasFailed) return;
                    user.stream.reset();
                    if (--open == 0) run.processor.finish();
                };
                users[i].stream = std::move(*run.queue.sockets()->open(near, users[i]));
            }
        };
        std::promise<void> started;
        run.queue.template pushEvent<Numbered>(ORIGIN, 1);
        run.processor.onEvent = [&](Event &) { started.set_value(); };
        std::size_t wrong = 0;
        std::thread peer([&] {
            started.get_future().wait();
            std::string echoed(message.size(), '\0');
            for (int round = 0; round < ROUNDS; ++round) {
                for (int const fd : far) writeAll(fd, message);
                for (int const fd : far) {
                    ssize_t const size = ::recv(fd, echoed.data(), echoed.size(), MSG_WAITALL);
                    if (size != static_cast<ssize_t>(message.size()) || echoed != message) ++wrong;
                }
            }
            for (int const fd : far) ::close(fd);
        });
        run.queue.start();
        peer.join();
        CHECK(wrong == 0);
    }
    CHECK(std::all_of(users.begin(), users.end(), [&](TestStream const &user) { return user.received.size() == ROUNDS * message.size(); }));
}

TEMPLATE_LIST_TEST_CASE("Sockets: the peer of a stream that is aborted sees that it broke, and that of one that is closed that it ended",
                        "[sockets]", SocketsKinds) {
    bool const isAborted = GENERATE(true, false);
    bool const isSending = GENERATE(true, false);
    TestListener listener;
    auto const [near, far] = listener.pair();
    {
        Running<TestType> run;
        TestStream user;
        run.onStarted = [&, fd = near] {
            user.stream = std::move(*run.queue.sockets()->open(fd, user));
            std::string_view text = "text";
            if (isSending) user.send(text);
            if (isAborted) {
                user.stream.release()->abort();
            } else {
                user.stream.reset();
            }
            run.processor.finish();
        };
        run.queue.start();
    }
    char buffer[10];
    ssize_t size = 0;
    do size = ::recv(far, buffer, sizeof(buffer), 0);
    while (size > 0);
    CHECK(size == (isAborted ? -1 : 0));
    if (isAborted) CHECK(errno == ECONNRESET);
    ::close(far);
}

TEMPLATE_LIST_TEST_CASE("Sockets: a peer that resets the connection is told of", "[sockets]", SocketsKinds) {
    TestListener listener;
    auto const [near, far] = listener.pair();
    TestStream user;
    Running<TestType> run;
    user.handler = [&](Readiness) {
        if (user.stream == nullptr) return;
        user.receiveAll();
        if (!user.hasEnded && !user.hasFailed) return;
        user.stream.reset();
        run.processor.finish();
    };
    run.onStarted = [&, nearSocket = near, farSocket = far] {
        user.stream = std::move(*run.queue.sockets()->open(nearSocket, user));
        linger const atOnce{1, 0};
        ::setsockopt(farSocket, SOL_SOCKET, SO_LINGER, &atOnce, sizeof(atOnce));
        ::close(farSocket);
    };
    run.queue.start();
    CHECK(user.hasFailed);
}

TEMPLATE_LIST_TEST_CASE("Sockets: a stream that is closed while it receives and sends calls nobody again, and its peer sees the end",
                        "[sockets]", SocketsKinds) {
    constexpr std::size_t COUNT = 50;
    std::string const text = pattern(8'000'000); // more than a socket takes while nobody reads
    TestListener listener;
    auto running = std::make_unique<Running<TestType>>();
    Running<TestType> &run = *running;
    std::vector<TestStream> users(COUNT);
    std::vector<int> far(COUNT);
    int callsAfterwards = 0;
    run.onStarted = [&] {
        for (std::size_t i = 0; i < COUNT; ++i) {
            auto const [near, other] = listener.pair();
            far[i] = other;
            users[i].handler = [&, i](Readiness) {
                if (users[i].stream == nullptr) ++callsAfterwards;
            };
            users[i].stream = std::move(*run.queue.sockets()->open(near, users[i]));
            std::string_view rest = text;
            users[i].send(rest);
        }
        run.queue.template pushEvent<Numbered>(ORIGIN, 1);
    };
    TestTimer timer;
    run.processor.onEvent = [&](Event &) {
        for (int const fd : far) writeAll(fd, "something that arrives while the stream is being closed");
        for (TestStream &user : users) user.stream.reset();
        run.queue.armTimer(timer, run.queue.now() + 20ms);
    };
    timer.onDue = [&] { run.processor.finish(); };
    run.queue.start();
    CHECK(callsAfterwards == 0);
    running.reset(); // what had not let go by then ends with it
    for (int const fd : far) {
        readAll(fd, 1'000'000); // ends, by the end of the stream or a reset
        ::close(fd);
    }
}

TEMPLATE_LIST_TEST_CASE("Sockets: a queue ends while streams that were closed have not let go yet", "[sockets]", SocketsKinds) {
    TestListener listener;
    auto const [near, far] = listener.pair();
    TestStream user;
    {
        Running<TestType> run;
        run.onStarted = [&, fd = near] {
            user.stream = std::move(*run.queue.sockets()->open(fd, user));
            std::string const text = pattern(8'000'000);
            std::string_view rest = text;
            user.send(rest);
            user.stream.reset();
            run.processor.finish();
        };
        run.queue.start();
    }
    readAll(far, 1'000'000);
    ::close(far);
}

TEMPLATE_LIST_TEST_CASE("Sockets: an acceptor takes all that come, pauses when told to, and loses none", "[sockets]", SocketsKinds) {
    constexpr std::size_t COUNT = 200;
    TestListener listener;
    TestAcceptorUser user;
    user.room = 3;
    std::vector<int> far;
    Running<TestType> run;
    TestTimer timer;
    std::size_t most = 0;
    timer.onDue = [&] {
        most = std::max(most, user.accepted);
        user.room = 50;
        user.acceptor->resume();
        if (user.accepted < COUNT) return run.queue.armTimer(timer, run.queue.now() + 1ms);
        user.acceptor.reset();
        run.processor.finish();
    };
    run.onStarted = [&] {
        for (std::size_t i = 0; i < COUNT; ++i) far.push_back(listener.connect());
        user.acceptor = std::move(*run.queue.sockets()->accept(listener.fd, user));
        run.queue.armTimer(timer, run.queue.now() + 5ms);
    };
    run.queue.start();
    CHECK(user.accepted == COUNT);
    CHECK(most >= 3);
    CHECK_FALSE(user.failure);
    for (int const fd : far) ::close(fd);
}

TEMPLATE_LIST_TEST_CASE("Sockets: an acceptor that is closed from inside accepts no more, and its port is free", "[sockets]",
                        SocketsKinds) {
    TestListener listener;
    TestAcceptorUser user;
    std::vector<int> far;
    Running<TestType> run;
    user.handler = [&](int socket) {
        ::close(socket);
        user.acceptor.reset();
        listener.close();
        run.processor.finish();
    };
    run.onStarted = [&] {
        for (int i = 0; i < 20; ++i) far.push_back(listener.connect());
        user.acceptor = std::move(*run.queue.sockets()->accept(listener.fd, user));
    };
    run.queue.start();
    CHECK(user.accepted == 1);
    int const again = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int const on = 1;
    ::setsockopt(again, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); // for those that linger
    CHECK(::bind(again, listener.asAddress(), sizeof(listener.address)) == 0);
    CHECK(::listen(again, 1) == 0);
    ::close(again);
    for (int const fd : far) ::close(fd);
}

TEMPLATE_LIST_TEST_CASE("Sockets: a connection that is asked for comes about, or says why not", "[sockets]", SocketsKinds) {
    bool const isListening = GENERATE(true, false);
    TestListener listener;
    if (!isListening) listener.close();
    TestStream user;
    std::error_code result;
    Running<TestType> run;
    user.handler = [&](Readiness readiness) {
        if (user.stream == nullptr || !has(readiness, Readiness::WRITABLE | Readiness::FAILED)) return;
        result = user.stream->connectionResult();
        user.stream.reset();
        run.processor.finish();
    };
    run.onStarted = [&] {
        int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        auto made = run.queue.sockets()->connect(socket, *listener.asAddress(), sizeof(listener.address), user);
        if (made) {
            user.stream = *std::move(made);
            return;
        }
        result = made.error();
        ::close(socket);
        run.processor.finish();
    };
    run.queue.start();
    CHECK(result.value() == (isListening ? 0 : ECONNREFUSED));
}

} // namespace Ichor::Testing
