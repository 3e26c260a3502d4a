#include <ichor/event_queues/ReadinessSockets.h>

#include <ichor/event_queues/AcceptErrors.h>
#include <ichor/event_queues/ResetWhenClosed.h>
#include <ichor/event_queues/SystemFailure.h>

#include <cerrno>
#include <new>

#include <sys/socket.h>
#include <unistd.h>

namespace Ichor::Detail {

namespace {

bool wouldBlock(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

class ReadinessStream final : public IByteStream, private DescriptorWatch {
public:
    ReadinessStream(IReadiness &readiness, IByteStreamUser &user) noexcept : _readiness(readiness), _user(user) {}

    [[nodiscard]] Expected<void, std::error_code> open(int socket) {
        auto watched = _readiness.watch(socket, *this);
        if (watched) _socket = socket;
        return watched;
    }

    Received receive(std::span<char> scratch) noexcept override {
        ssize_t size = 0;
        do size = ::recv(_socket, scratch.data(), scratch.size(), 0);
        while (size < 0 && errno == EINTR);
        if (size > 0) {
            auto const received = static_cast<std::size_t>(size);
            // Less than there was room for: it is empty now, and we are told of what comes next. The end of the input is told with the
            // rest.
            return {Received::Kind::BYTES, received == scratch.size() || _isPeerClosing, scratch.first(received)};
        }
        if (size == 0) return {Received::Kind::ENDED, false, {}};
        return {wouldBlock(errno) ? Received::Kind::NOTHING : Received::Kind::FAILED, false, {}};
    }

    Sent send(std::string_view bytes) noexcept override {
        Sent sent;
        while (sent.size != bytes.size()) {
            ssize_t const size = ::send(_socket, bytes.data() + sent.size, bytes.size() - sent.size, MSG_NOSIGNAL);
            if (size >= 0) {
                sent.size += static_cast<std::size_t>(size);
                // A short write filled the socket: we are told when there is room.
                return sent;
            }
            if (wouldBlock(errno)) return sent;
            if (errno == EINTR) continue;
            sent.error = {errno, std::system_category()};
            return sent;
        }
        return sent;
    }

    void endOutput() noexcept override { ::shutdown(_socket, SHUT_WR); }

    std::error_code connectionResult() noexcept override {
        int error = 0;
        socklen_t size = sizeof(error);
        if (::getsockopt(_socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
        return {error, std::system_category()};
    }

    bool isQuiet() noexcept override {
        char byte = 0;
        return ::recv(_socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && wouldBlock(errno);
    }

    void close() noexcept override {
        _readiness.unwatch(*this);
        if (_socket >= 0) ::close(_socket);
        delete this;
    }

    void abort() noexcept override {
        resetWhenClosed(_socket);
        close();
    }

private:
    ~ReadinessStream() = default;

    void onReady(Readiness readiness) noexcept override {
        if (has(readiness, Readiness::PEER_CLOSED)) _isPeerClosing = true;
        _user.onReady(readiness);
    }

    IReadiness &_readiness;
    IByteStreamUser &_user;
    int _socket{-1};            // -1: it is not ours
    bool _isPeerClosing{false}; // there may be more to receive, up to the end
};

class ReadinessAcceptor final : public IAcceptor, private DescriptorWatch {
public:
    ReadinessAcceptor(IReadiness &readiness, IAcceptorUser &user) noexcept : _readiness(readiness), _user(user) {}

    [[nodiscard]] Expected<void, std::error_code> open(int socket) { return _readiness.watch(socket, *this); }

    void resume() noexcept override { acceptAll(); }

    void close() noexcept override {
        _readiness.unwatch(*this);
        if (_isClosed != nullptr) *_isClosed = true;
        delete this;
    }

private:
    ~ReadinessAcceptor() = default;

    void onReady(Readiness) noexcept override { acceptAll(); }

    void acceptAll() noexcept {
        bool isClosed = false; // by one of the calls
        bool *const outer = _isClosed;
        _isClosed = &isClosed;
        while (_user.mayAccept()) {
            int const fd = ::accept4(descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd >= 0) {
                _user.onAccepted(fd);
            } else if (wouldBlock(errno)) {
                break;
            } else if (!isOfOneConnection(errno)) {
                _user.onAcceptFailed({errno, std::system_category()}); // EMFILE, ENFILE, ENOBUFS, ENOMEM
                if (!isClosed) break;
            }
            if (!isClosed) continue;
            if (outer != nullptr) *outer = true;
            return;
        }
        _isClosed = outer;
    }

    IReadiness &_readiness;
    IAcceptorUser &_user;
    bool *_isClosed{nullptr}; // nullptr: not accepting at the moment
};

} // namespace

Expected<ByteStreamPtr, std::error_code> ReadinessSockets::open(int socket, IByteStreamUser &user) {
    auto *const made = new (std::nothrow) ReadinessStream(_readiness, user);
    if (made == nullptr) return systemFailure(ENOMEM);
    ByteStreamPtr stream(made);
    if (auto opened = made->open(socket); !opened) return unexpected<std::error_code>(opened.error());
    return stream;
}

Expected<ByteStreamPtr, std::error_code> ReadinessSockets::connect(int socket, sockaddr const &address, std::uint32_t addressSize,
                                                                   IByteStreamUser &user) {
    if (::connect(socket, &address, addressSize) != 0 && errno != EINPROGRESS && errno != EINTR) return systemFailure(errno);
    return open(socket, user);
}

Expected<AcceptorPtr, std::error_code> ReadinessSockets::accept(int listeningSocket, IAcceptorUser &user) {
    auto *const made = new (std::nothrow) ReadinessAcceptor(_readiness, user);
    if (made == nullptr) return systemFailure(ENOMEM);
    AcceptorPtr acceptor(made);
    if (auto opened = made->open(listeningSocket); !opened) return unexpected<std::error_code>(opened.error());
    return acceptor;
}

} // namespace Ichor::Detail
