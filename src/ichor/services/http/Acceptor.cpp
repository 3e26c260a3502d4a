#include "Acceptor.h"

#include "SocketAddress.h"

#include <cerrno>

#include <sys/socket.h>

namespace Ichor::Detail {

namespace {

constexpr Duration RETRY_AFTER = std::chrono::milliseconds{50};

// The connection has gone before it could be accepted, or it cannot be had; the next one may be fine. Source: accept(2)
bool isOfOneConnection(int error) noexcept {
    switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH: return true;
    default: return false;
    }
}

} // namespace

Expected<void, std::string> Acceptor::listen(HttpHostConfig const &config) {
    std::string const where = hostAndPort(config.address, config.port);
    auto const address = SocketAddress::parse(config.address, config.port);
    if (!address) return unexpected<std::string>("cannot listen on " + where + ": this is no address");
    auto socket = listenOn(*address, {config.backlog, config.reusePort});
    if (!socket) return unexpected<std::string>("cannot listen on " + where + ": " + socket.error().message());
    _socket = std::move(*socket);
    if (auto watched = _readiness.watch(_socket.get(), *this); !watched) {
        _socket.reset();
        return unexpected<std::string>("cannot watch the socket that listens on " + where + ": " + watched.error().message());
    }
    _port = portOf(_socket);
    return {};
}

void Acceptor::stop() noexcept {
    _resumer.disarmTimer(_retry);
    _readiness.unwatch(*this);
    _socket.reset();
    _port = 0;
    _isPaused = false;
}

void Acceptor::acceptAll() noexcept {
    _isPaused = false;
    while (_socket.isOpen()) {
        if (!_user.mayAccept()) {
            _isPaused = true;
            return;
        }
        int const fd = ::accept4(_socket.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            _user.onAccepted(Descriptor(fd));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } else if (!isOfOneConnection(errno)) {
            return pause(); // EMFILE, ENFILE, ENOBUFS, ENOMEM
        }
    }
}

void Acceptor::pause() noexcept {
    _isPaused = true;
    try {
        _resumer.armTimer(_retry, _resumer.now() + RETRY_AFTER);
    } catch (...) {
        // No memory for the timer either: the next connection that closes resumes.
    }
}

} // namespace Ichor::Detail
