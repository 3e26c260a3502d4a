#pragma once

#include "Descriptor.h"
#include "ResponseParser.h"

#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/event_queues/IReadiness.h>

#include <cerrno>

#include <sys/socket.h>

namespace Ichor::Detail {

/// A client's connection to its server, which carries one exchange at a time.
///
/// Threads:   the queue's own
class ClientConnection final : public DescriptorWatch {
public:
    ClientConnection(Descriptor socket, ResponseLimits limits) : parser(limits), _socket(std::move(socket)) {}
    ~ClientConnection() {
        if (isWatched()) link().owner->unwatch(*this);
    }

    [[nodiscard]] Expected<void, std::error_code> open(IReadiness &readiness) { return readiness.watch(_socket.get(), *this); }
    [[nodiscard]] int socket() const noexcept { return _socket.get(); }

    /// Something came, or the server went, since it began to idle.
    [[nodiscard]] bool isStale() const noexcept { return _isStale; }
    /// It can carry another exchange: the server is there, and has sent nothing beyond what it was asked for. That may have come together
    /// with the response, or in this very moment, and asking the kernel is the one way to know.
    [[nodiscard]] bool isUsable() const noexcept {
        char byte = 0;
        return ::recv(_socket.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
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
    Descriptor _socket;
    bool _isIdle{false};
    bool _isStale{false};
};

} // namespace Ichor::Detail
