#include <ichor/event_queues/IOUringAcceptor.h>

#include <ichor/event_queues/AcceptErrors.h>

#include <cerrno>
#include <new>

#include <sys/socket.h>
#include <unistd.h>

namespace Ichor::Detail {

IOUringAcceptor::IOUringAcceptor(IOUringSockets &sockets, int socket, IAcceptorUser &user) noexcept
    : _sockets(sockets), _user(&user), _socket(socket) {
    _sockets.add(*this);
    arm();
}

IOUringAcceptor::~IOUringAcceptor() {
    for (int const socket : _waiting) ::close(socket);
}

void IOUringAcceptor::Accepting::prepare(io_uring_sqe &entry) noexcept {
    io_uring_prep_multishot_accept(&entry, _acceptor._socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

void IOUringAcceptor::arm() noexcept {
    if (_user == nullptr || _isArmed || _isPaused || _isCancelling) return;
    _isArmed = true;
    _sockets.ring().start(_accepting);
}

void IOUringAcceptor::onAccepted(int result, unsigned flags) noexcept {
    if ((flags & IORING_CQE_F_MORE) == 0) _isArmed = false;
    ++_telling;
    if (result >= 0) {
        take(result);
    } else if (_user != nullptr && result != -ECANCELED && result != -EAGAIN && !isOfOneConnection(-result)) {
        _isPaused = true;
        _user->onAcceptFailed({-result, std::system_category()});
    }
    --_telling;
    arm();
    deleteIfOver();
}

void IOUringAcceptor::take(int socket) noexcept {
    if (_user == nullptr) {
        ::close(socket);
        return;
    }
    if (_waiting.empty() && _user->mayAccept()) return _user->onAccepted(socket);
    try {
        _waiting.push_back(socket);
    } catch (std::bad_alloc const &) {
        ::close(socket);
    }
    _isPaused = true;
    cancel();
}

void IOUringAcceptor::giveWaiting() noexcept {
    while (_user != nullptr && !_waiting.empty()) {
        if (!_user->mayAccept()) {
            _isPaused = true;
            return;
        }
        int const socket = _waiting.front();
        _waiting.erase(_waiting.begin());
        _user->onAccepted(socket);
    }
}

void IOUringAcceptor::resume() noexcept {
    ++_telling;
    _isPaused = false;
    giveWaiting();
    --_telling;
    arm();
    deleteIfOver();
}

void IOUringAcceptor::Cancelling::prepare(io_uring_sqe &entry) noexcept {
    io_uring_prep_cancel(&entry, static_cast<IOUringOperation *>(&_acceptor._accepting), 0);
}

void IOUringAcceptor::Cancelling::onCompletion(int, unsigned) noexcept {
    _acceptor._isCancelling = false;
    _acceptor.arm();
    _acceptor.deleteIfOver();
}

void IOUringAcceptor::cancel() noexcept {
    if (!_isArmed || _isCancelling) return;
    _isCancelling = true;
    _sockets.ring().start(_cancelling);
}

void IOUringAcceptor::close() noexcept {
    _user = nullptr;
    _sockets.beginClosing();
    cancel();
    // The port is free again when the socket is closed, and not some time later.
    IOUringRing &ring = _sockets.ring();
    deleteIfOver();
    ring.submit();
}

void IOUringAcceptor::deleteIfOver() noexcept {
    if (_user != nullptr || _isArmed || _isCancelling || _telling != 0) return;
    _sockets.endClosing();
    delete this;
}

void IOUringAcceptor::abandon() noexcept {
    if (_user == nullptr) _sockets.endClosing();
    delete this;
}

} // namespace Ichor::Detail
