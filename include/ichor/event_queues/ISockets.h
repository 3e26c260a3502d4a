#pragma once

#include <ichor/base/Expected.h>
#include <ichor/event_queues/IReadiness.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>

struct sockaddr;

namespace Ichor {

/// Is told how its stream fares. Derive from it.
///
/// Threads:   the queue's own
class IByteStreamUser {
public:
    /// READABLE or PEER_CLOSED: receive() has something to say; call it until it has nothing more. WRITABLE: the connection has come about,
    /// or send() takes bytes again. FAILED: the connection has broken. Told once each time that it becomes so; may be told without need.
    /// May close this and any other stream.
    virtual void onReady(Readiness readiness) noexcept = 0;

protected:
    ~IByteStreamUser() = default;
};

/// What receive() found.
struct Received {
    enum class Kind : std::uint8_t {
        BYTES,
        NOTHING, // at the moment
        ENDED,   // the peer has ended its output, and all of it was received
        FAILED,  // the connection has broken
    };
    Kind kind{Kind::NOTHING};
    bool mayHaveMore{false}; // false: onReady() tells of what comes next
    std::span<char> bytes;   // may be changed in place
};

/// What send() did with its bytes.
struct Sent {
    std::size_t size{0};   // so many are taken; where that is not all, onReady(WRITABLE) tells when there is room for the rest
    std::error_code error; // set: none ever will be
};

/// A connected socket's two streams of bytes, whichever way the queue moves them. ByteStreamPtr holds it.
///
/// Threads:   the queue's own
/// Waits:     never
class IByteStream {
public:
    /// What has come. `scratch` is where it may be put; it may also lie where it came to.
    ///
    /// Lifetime:  the bytes are valid until the next call, until onReady() returns, and as long as `scratch`
    [[nodiscard]] virtual Received receive(std::span<char> scratch) noexcept = 0;

    /// Takes as many bytes as there is room for; they may be changed after the call.
    [[nodiscard]] virtual Sent send(std::string_view bytes) noexcept = 0;

    /// The peer sees the end of the stream after what was taken.
    virtual void endOutput() noexcept = 0;

    /// For a stream made by connect(), once onReady() was called: why there is no connection; no error: it is there.
    [[nodiscard]] virtual std::error_code connectionResult() noexcept = 0;

    /// Nothing has come that was not received, up to this moment, and the peer has not closed.
    [[nodiscard]] virtual bool isQuiet() noexcept = 0;

    /// Ends both streams and destroys this. What was taken and does not fit in the socket is dropped.
    virtual void close() noexcept = 0;

    /// As close(), but the peer sees that the connection broke, not that it ended (RFC 9293, section 3.10.5). What it has not received of
    /// what was taken may be lost.
    virtual void abort() noexcept = 0;

protected:
    ~IByteStream() = default;
};

/// Takes the connections that come in. Derive from it.
///
/// Threads:   the queue's own
class IAcceptorUser {
public:
    /// A connection, whose socket does not block; the callee owns it.
    virtual void onAccepted(int socket) noexcept = 0;

    /// False: no more until IAcceptor::resume(). Asked before each connection.
    [[nodiscard]] virtual bool mayAccept() const noexcept = 0;

    /// The system has no descriptor or memory for one more. No more until IAcceptor::resume().
    virtual void onAcceptFailed(std::error_code error) noexcept = 0;

protected:
    ~IAcceptorUser() = default;
};

/// Accepts connections, as many at once as there are, since one at a time lets the backlog overflow when thousands come. AcceptorPtr holds
/// it.
///
/// Threads:   the queue's own
class IAcceptor {
public:
    /// Goes on after the user said no, or the system did.
    virtual void resume() noexcept = 0;

    /// Accepts no more and destroys this; the socket can be closed then.
    virtual void close() noexcept = 0;

protected:
    ~IAcceptor() = default;
};

namespace Detail {
struct Closing {
    template <class T>
    void operator()(T *closed) const noexcept {
        closed->close();
    }
};
} // namespace Detail

using ByteStreamPtr = std::unique_ptr<IByteStream, Detail::Closing>;
using AcceptorPtr = std::unique_ptr<IAcceptor, Detail::Closing>;

/// A queue's ability to move bytes over sockets, in the way that suits it best.
///
/// Threads:   the queue's own
/// Lifetime:  what it makes is closed before the queue goes, and has no use for it after its loop has ended
/// Errors:    the operating system's; then the socket is still the caller's
class ISockets {
public:
    /// Takes over a connected socket that does not block.
    [[nodiscard]] virtual Expected<ByteStreamPtr, std::error_code> open(int socket, IByteStreamUser &user) = 0;

    /// Takes over a fresh socket that does not block, and connects it.
    [[nodiscard]] virtual Expected<ByteStreamPtr, std::error_code> connect(int socket, sockaddr const &address, std::uint32_t addressSize,
                                                                           IByteStreamUser &user) = 0;

    /// Accepts on a socket that listens and does not block, which stays the caller's.
    [[nodiscard]] virtual Expected<AcceptorPtr, std::error_code> accept(int listeningSocket, IAcceptorUser &user) = 0;

protected:
    ~ISockets() = default;
};

} // namespace Ichor
