#include "Acceptor.h"

#include "SocketAddress.h"

#include <utility>

namespace Ichor::Detail {

namespace {

constexpr Duration RETRY_AFTER = std::chrono::milliseconds{50};

} // namespace

Expected<void, std::string> Acceptor::listen(HttpHostConfig const &config) {
    std::string const where = hostAndPort(config.address, config.port);
    auto const address = SocketAddress::parse(config.address, config.port);
    if (!address) return unexpected<std::string>("cannot listen on " + where + ": this is no address");
    auto socket = listenOn(*address, {config.backlog, config.reusePort});
    if (!socket) return unexpected<std::string>("cannot listen on " + where + ": " + socket.error().message());
    _socket = std::move(*socket);
    auto acceptor = _sockets.accept(_socket.get(), *this);
    if (!acceptor) {
        _socket.reset();
        return unexpected<std::string>("cannot accept on " + where + ": " + acceptor.error().message());
    }
    _acceptor = *std::move(acceptor);
    _port = portOf(_socket);
    return {};
}

void Acceptor::stop() noexcept {
    _resumer.disarmTimer(_retry);
    _acceptor.reset();
    _socket.reset();
    _port = 0;
    _isPaused = false;
}

void Acceptor::onAcceptFailed(std::error_code) noexcept {
    _isPaused = true;
    try {
        _resumer.armTimer(_retry, _resumer.now() + RETRY_AFTER);
    } catch (...) {
        // No memory for the timer either: the next connection that closes resumes.
    }
}

} // namespace Ichor::Detail
