#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/event_queues/IOUringBuffers.h>
#include <ichor/event_queues/IOUringRing.h>
#include <ichor/event_queues/ISockets.h>
#include <ichor/event_queues/SendBlocks.h>

#include <cstddef>

namespace Ichor::Detail {

/// Something of a socket that the kernel may still work on after its user has closed it.
class IOUringSocket {
public:
    IOUringSocket() noexcept = default;
    IOUringSocket(IOUringSocket const &) = delete;
    IOUringSocket &operator=(IOUringSocket const &) = delete;

    /// The ring has gone, and so has all that was in flight: destroys this, and closes what it owns.
    virtual void abandon() noexcept = 0;

    ListHook hook;

protected:
    ~IOUringSocket() = default;
};

/// Sockets on completions: the kernel accepts, receives and sends by itself, and says what it has done.
///
/// Threads:   the queue's own
class IOUringSockets final : public ISockets {
public:
    IOUringSockets(IOUringRing &ring, unsigned receiveBuffers) noexcept : _ring(ring), _buffers(receiveBuffers) {}
    IOUringSockets(IOUringSockets const &) = delete;
    IOUringSockets &operator=(IOUringSockets const &) = delete;
    ~IOUringSockets() = default;

    /// False: the ring cannot have the buffers.
    [[nodiscard]] bool openBuffers() noexcept { return _buffers.open(_ring); }

    [[nodiscard]] Expected<ByteStreamPtr, std::error_code> open(int socket, IByteStreamUser &user) override;
    [[nodiscard]] Expected<ByteStreamPtr, std::error_code> connect(int socket, sockaddr const &address, std::uint32_t addressSize,
                                                                   IByteStreamUser &user) override;
    [[nodiscard]] Expected<AcceptorPtr, std::error_code> accept(int listeningSocket, IAcceptorUser &user) override;

    /// How many were closed and wait for the kernel's last word.
    [[nodiscard]] std::size_t closingCount() const noexcept { return _closingCount; }

    /// After the ring has gone.
    void abandonAll() noexcept {
        while (IOUringSocket *const socket = _sockets.popFront()) socket->abandon();
    }

    // For its streams and acceptors.
    [[nodiscard]] IOUringRing &ring() noexcept { return _ring; }
    [[nodiscard]] IOUringBuffers &buffers() noexcept { return _buffers; }
    [[nodiscard]] SendBlocks &blocks() noexcept { return _blocks; }
    void add(IOUringSocket &socket) noexcept { _sockets.pushBack(socket); }
    void beginClosing() noexcept { ++_closingCount; }
    void endClosing() noexcept { --_closingCount; }

private:
    IOUringRing &_ring;
    IOUringBuffers _buffers;
    SendBlocks _blocks;
    IntrusiveList<IOUringSocket, &IOUringSocket::hook> _sockets;
    std::size_t _closingCount{0};
};

} // namespace Ichor::Detail
