#include <ichor/event_queues/IOUringStream.h>

#include <ichor/event_queues/ResetWhenClosed.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include <unistd.h>

namespace Ichor::Detail {

namespace {

// More than this is not read ahead of a user who does not receive.
constexpr std::size_t MAXIMUM_HELD = 64 * 1024;

// One send at most. A larger one would only be copied sooner than the peer can take it.
constexpr std::size_t MAXIMUM_SEND = 256 * 1024;

} // namespace

IOUringStream::IOUringStream(IOUringSockets &sockets, int socket, IByteStreamUser &user) noexcept
    : _sockets(sockets), _user(&user), _socket(socket) {
    _sockets.add(*this);
}

IOUringStream::~IOUringStream() = default;

// ---- What comes in ----

void IOUringStream::beginReceiving() noexcept {
    _isReceiving = true;
    _sockets.ring().start(_receiving);
}

void IOUringStream::Receiving::prepare(io_uring_sqe &entry) noexcept {
    io_uring_prep_recv_multishot(&entry, _stream._socket, nullptr, 0, 0);
    entry.flags |= IOSQE_BUFFER_SELECT;
    entry.buf_group = IOUringBuffers::GROUP;
    // Not IORING_RECVSEND_POLL_FIRST: with it, on Linux 6.18, the test of a peer that resets its connection waited for that in vain.
}

void IOUringStream::onReceived(int result, unsigned flags) noexcept {
    if ((flags & IORING_CQE_F_MORE) == 0) _isReceiving = false;
    if (result > 0) {
        takeIn(static_cast<unsigned short>(flags >> IORING_CQE_BUFFER_SHIFT), static_cast<std::size_t>(result));
    } else if (result == 0) {
        _isEnded = true;
        tell(Readiness::READABLE | Readiness::PEER_CLOSED);
    } else if (result == -ENOBUFS) {
        _sockets.buffers().grow();
    } else if (result != -ECANCELED && result != -EINTR && result != -EAGAIN) {
        failReceiving();
    }
    if (result <= 0 && (flags & IORING_CQE_F_BUFFER) != 0) // some kernels spend one for the end as well
        _sockets.buffers().giveBack(static_cast<unsigned short>(flags >> IORING_CQE_BUFFER_SHIFT));
    resume();
    deleteIfOver();
}

void IOUringStream::takeIn(unsigned short buffer, std::size_t size) noexcept {
    std::span<char> const bytes = _sockets.buffers().take(buffer, size);
    if (_user != nullptr && _held.empty()) {
        _arrived = bytes;
        tell(Readiness::READABLE);
        if (!_arrived.empty()) hold(std::exchange(_arrived, {}));
    } else {
        hold(bytes);
    }
    _sockets.buffers().giveBack(buffer);
}

void IOUringStream::hold(std::span<char> bytes) noexcept {
    if (_user == nullptr) return;
    try {
        _held.insert(_held.end(), bytes.begin(), bytes.end());
    } catch (std::bad_alloc const &) {
        return failReceiving(); // with a gap in it, the rest is worth nothing
    }
    if (_held.size() > MAXIMUM_HELD) pause();
}

void IOUringStream::failReceiving() noexcept {
    _hasFailed = true;
    tell(Readiness::READABLE | Readiness::FAILED);
}

void IOUringStream::pause() noexcept {
    if (std::exchange(_isPaused, true) || !_isReceiving || _step != Step::NONE) return;
    beginStep(Step::PAUSING);
}

// The kernel stops receiving when buffers or room for completions run out, too.
void IOUringStream::resume() noexcept {
    if (_user == nullptr || _isReceiving || _isPaused || _isEnded || _hasFailed || _target != nullptr || _step != Step::NONE) return;
    beginReceiving();
}

Received IOUringStream::receive(std::span<char>) noexcept {
    std::vector<char>().swap(_lent);
    if (!_held.empty()) {
        _lent.swap(_held);
        _isPaused = false;
        resume();
        return {Received::Kind::BYTES, true, _lent};
    }
    if (!_arrived.empty()) return {Received::Kind::BYTES, _isEnded, std::exchange(_arrived, {})};
    if (_hasFailed) return {Received::Kind::FAILED, false, {}};
    return {_isEnded ? Received::Kind::ENDED : Received::Kind::NOTHING, false, {}};
}

bool IOUringStream::isQuiet() noexcept {
    if (_isEnded || _hasFailed || _sendError || !_arrived.empty() || !_held.empty()) return false;
    // First what the kernel has not looked at, then what it has brought here since.
    char byte = 0;
    bool const hasNothing = ::recv(_socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    return hasNothing && !_sockets.ring().hasUnseen(_receiving);
}

// ---- What goes out ----

bool IOUringStream::beginConnecting(sockaddr const &address, std::uint32_t size) noexcept {
    _target.reset(new (std::nothrow) Address{});
    if (_target == nullptr) return false;
    _target->size = std::min<std::uint32_t>(size, sizeof(_target->storage));
    std::memcpy(&_target->storage, &address, _target->size);
    _isSending = true;
    _sockets.ring().start(_sending);
    return true;
}

void IOUringStream::Sending::prepare(io_uring_sqe &entry) noexcept {
    IOUringStream &stream = _stream;
    if (stream._target != nullptr) {
        io_uring_prep_connect(&entry, stream._socket, reinterpret_cast<sockaddr const *>(&stream._target->storage), stream._target->size);
        return;
    }
    // The kernel waits for room by itself until all of it is sent.
    io_uring_prep_send(&entry, stream._socket, stream._block.get() + stream._sentSize, stream._blockSize - stream._sentSize,
                       MSG_NOSIGNAL | MSG_WAITALL);
}

void IOUringStream::Sending::onCompletion(int result, unsigned) noexcept {
    IOUringStream &stream = _stream;
    stream._isSending = false;
    if (stream._target != nullptr) {
        stream.onConnected(result);
    } else {
        stream.onSent(result);
    }
    stream.deleteIfOver();
}

void IOUringStream::onConnected(int result) noexcept {
    _target.reset();
    if (_user == nullptr) return;
    if (result < 0) return failSending(-result);
    beginReceiving();
    tell(Readiness::WRITABLE);
}

Sent IOUringStream::send(std::string_view bytes) noexcept {
    if (_sendError) return {0, _sendError};
    if (_isSending) {
        _isRoomAwaited = true;
        return {};
    }
    std::size_t const size = std::min(bytes.size(), MAXIMUM_SEND);
    if (size == 0) return {};
    _block = _sockets.blocks().take(size);
    if (_block == nullptr) return {0, std::make_error_code(std::errc::not_enough_memory)};
    std::memcpy(_block.get(), bytes.data(), size);
    _blockSize = static_cast<std::uint32_t>(size);
    _sentSize = 0;
    _isRoomAwaited = size < bytes.size();
    _isSending = true;
    _sockets.ring().start(_sending);
    return {size, {}};
}

void IOUringStream::onSent(int result) noexcept {
    if (_user == nullptr) return releaseBlock(); // what did not fit is dropped
    if (result < 0 && result != -EINTR && result != -EAGAIN) return failSending(-result);
    _sentSize += static_cast<std::uint32_t>(std::max(result, 0));
    if (_sentSize < _blockSize) {
        _isSending = true;
        return _sockets.ring().start(_sending);
    }
    releaseBlock();
    if (_isOutputEnding) ::shutdown(_socket, SHUT_WR);
    if (std::exchange(_isRoomAwaited, false)) tell(Readiness::WRITABLE);
}

void IOUringStream::failSending(int error) noexcept {
    releaseBlock();
    _sendError = {error, std::system_category()};
    tell(Readiness::WRITABLE | Readiness::FAILED);
}

void IOUringStream::releaseBlock() noexcept {
    if (_block != nullptr) _sockets.blocks().giveBack(std::move(_block), _blockSize);
}

void IOUringStream::endOutput() noexcept {
    if (_isSending) {
        _isOutputEnding = true;
    } else {
        ::shutdown(_socket, SHUT_WR);
    }
}

// ---- The end ----

void IOUringStream::Ending::prepare(io_uring_sqe &entry) noexcept {
    IOUringStream const &stream = _stream;
    switch (stream._step) {
    case Step::PAUSING:
        io_uring_prep_cancel(&entry, static_cast<IOUringOperation *>(const_cast<Receiving *>(&stream._receiving)), 0);
        return;
    case Step::CANCELLING: io_uring_prep_cancel_fd(&entry, stream._socket, IORING_ASYNC_CANCEL_ALL); return;
    case Step::CLOSING: io_uring_prep_close(&entry, stream._socket); return;
    case Step::NONE:
    case Step::CLOSED: io_uring_prep_nop(&entry); return;
    }
}

void IOUringStream::beginStep(Step step) noexcept {
    _step = step;
    _sockets.ring().start(_ending);
}

void IOUringStream::onStepEnded() noexcept {
    switch (_step) {
    case Step::PAUSING:
        _step = Step::NONE;
        if (_user == nullptr) {
            beginStep(Step::CANCELLING);
        } else {
            resume(); // it may have been received meanwhile
        }
        return;
    case Step::CANCELLING: return beginStep(Step::CLOSING);
    case Step::CLOSING:
        _step = Step::CLOSED;
        _socket = -1;
        return deleteIfOver();
    case Step::NONE:
    case Step::CLOSED: return;
    }
}

void IOUringStream::close() noexcept {
    _user = nullptr;
    _arrived = {};
    _sockets.beginClosing();
    // What was to be sent is tried once before, since the kernel takes it first.
    if (_step == Step::NONE) beginStep(_isReceiving || _isSending ? Step::CANCELLING : Step::CLOSING);
}

void IOUringStream::abort() noexcept {
    resetWhenClosed(_socket);
    close();
}

void IOUringStream::tell(Readiness readiness) noexcept {
    if (_user == nullptr) return;
    ++_telling;
    _user->onReady(readiness);
    --_telling;
}

void IOUringStream::deleteIfOver() noexcept {
    if (_step != Step::CLOSED || _isReceiving || _isSending || _telling != 0) return;
    _sockets.endClosing();
    delete this;
}

void IOUringStream::abandon() noexcept {
    if (_socket >= 0) ::close(_socket);
    if (_user == nullptr) _sockets.endClosing();
    delete this;
}

} // namespace Ichor::Detail
