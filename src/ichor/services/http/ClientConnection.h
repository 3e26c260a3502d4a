#pragma once

#include "ResponseParser.h"
#include "SocketAddress.h"

#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/event_queues/ISockets.h>

#include <utility>

namespace Ichor::Detail {

/// A client's connection to its server, which carries one exchange at a time.
///
/// Threads:   the queue's own
class ClientConnection final : public IByteStreamUser {
public:
    explicit ClientConnection(ResponseLimits limits) : parser(limits) {}
    ClientConnection(ClientConnection const &) = delete;
    ClientConnection &operator=(ClientConnection const &) = delete;
    ~ClientConnection() = default;

    /// Begins to connect; once `ready`, stream().connectionResult() says how that came out.
    [[nodiscard]] Expected<void, std::error_code> open(ISockets &sockets, SocketAddress const &address) {
        auto socket = freshSocket(address);
        if (!socket) return unexpected<std::error_code>(socket.error());
        auto stream = sockets.connect(socket->get(), *address.get(), address.size(), *this);
        if (!stream) return unexpected<std::error_code>(stream.error());
        socket->release();
        _stream = *std::move(stream);
        return {};
    }
    [[nodiscard]] IByteStream &stream() noexcept { return *_stream; }

    /// Something came, or the server went, since it began to idle.
    [[nodiscard]] bool isStale() const noexcept { return _isStale; }
    /// It can carry another exchange: the server is there, and has sent nothing beyond what it was asked for. That may have come together
    /// with the response, or in this very moment, and asking the kernel is the one way to know.
    [[nodiscard]] bool isUsable() noexcept { return _stream->isQuiet(); }
    void beginIdling() noexcept { _isIdle = true; }
    void endIdling() noexcept { _isIdle = false; }

    void onReady(Readiness now) noexcept override {
        if (_isIdle && has(now, Readiness::READABLE | Readiness::PEER_CLOSED | Readiness::FAILED)) _isStale = true;
        ready.set();
    }

    ResponseParser parser;
    AsyncAutoResetEvent ready; // readable or writable, or it has ended
    bool isConnected{false};
    bool isReused{false};
    bool isSpoiled{false}; // it was answered before its request had gone out

private:
    ByteStreamPtr _stream;
    bool _isIdle{false};
    bool _isStale{false};
};

} // namespace Ichor::Detail
