#pragma once

#include "DeadlineWheel.h"
#include "OutputBuffer.h"
#include "ServerProtocol.h"

#include <ichor/base/IntrusiveList.h>
#include <ichor/base/Time.h>
#include <ichor/event_queues/ISockets.h>
#include <ichor/services/http/HttpError.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace Ichor::Detail {

class Exchange;
class HttpServer;

/// Moves bytes between a stream and the protocol of one connection. Idle, it is this object and nothing else.
///
/// Threads:   the host's own
/// Lifetime:  the server's; after close() it is destroyed a little later, so that whoever is inside of it may return
class ServerConnection final : public IByteStreamUser, public CoarseDeadline {
public:
    ServerConnection(HttpServer &server) noexcept : _server(server) {}
    ~ServerConnection() override;

    /// Takes over a socket that was accepted.
    ///
    /// Errors:    false: the queue refuses it, and it is still the caller's; then discard()
    [[nodiscard]] bool open(int socket) noexcept;
    void discard() noexcept { _state = State::CLOSED; }

    /// Drops the connection, and what it has not sent.
    void close() noexcept;

    /// No further request is read; what runs is answered.
    void drain() noexcept;

    /// A deferred answer is complete, or the body channel has room again.
    void goOnSoon() noexcept;
    /// That time has come.
    void goOn() noexcept;

    void writePart(Exchange &exchange, std::string_view bytes);
    void endStream(Exchange &exchange) noexcept;
    void breakStream(Exchange &exchange) noexcept;
    void streamBegun(Exchange *exchange) noexcept { _streaming = exchange; }
    /// The peer does not take what is sent: there is enough of it already.
    [[nodiscard]] bool isCongested() const noexcept { return unsentSize() >= STREAM_WINDOW; }

    /// From whom parts of the body that comes now are awaited; nullptr: from nobody any more.
    void readBodyFor(Exchange *exchange) noexcept { _reading = exchange; }
    [[nodiscard]] Exchange *bodyReader() const noexcept { return _reading; }

    [[nodiscard]] ServerProtocol &protocol() noexcept { return _protocol; }
    [[nodiscard]] bool isClosed() const noexcept { return _state == State::CLOSED; }

    ListHook hook;     // among the server's connections, or those that are to be destroyed
    ListHook soonHook; // among those that go on soon

private:
    static constexpr std::size_t STREAM_WINDOW = 128 * 1024;

    enum class State : std::uint8_t { OPEN, LINGERING, CLOSED };
    enum class Waiting : std::uint8_t { FOR_REQUEST, FOR_HEAD, FOR_BODY, FOR_HANDLER, FOR_PEER_TO_READ, FOR_PEER_TO_CLOSE };

    void onReady(Readiness readiness) noexcept override;
    void onDeadline() noexcept override;

    void work();
    void readOnce();
    void process(std::span<char> input);
    void takePart();
    void inputEnded() noexcept;
    void failBody(HttpError why) noexcept;
    [[nodiscard]] bool mayGoOn() const noexcept;

    void sendOutput();
    void sendUnsent() noexcept;
    void keepUnsent(OutputBuffer &output);
    [[nodiscard]] std::size_t unsentSize() const noexcept { return _unsent ? _unsent->size() : 0; }
    [[nodiscard]] std::size_t sendSome(std::string_view bytes) noexcept;

    /// Runs a step of this connection: its output goes out at the end, and no exception gets any further.
    template <class F>
    void inTurn(F const &step) noexcept;
    void settle();
    void finishSending();
    void setDeadline();

    HttpServer &_server;
    ByteStreamPtr _stream;
    ServerProtocol _protocol;
    std::unique_ptr<OutputBuffer> _unsent; // nullptr: the peer has taken all that was sent
    Exchange *_streaming{nullptr};         // whose answer is a stream that is being sent
    Exchange *_reading{nullptr};           // whose request's body is being read in parts
    std::uint64_t _bodyBytes{0};           // received since _bodyBegan
    TimePoint _bodyBegan{};                // when the body that comes now was waited for first
    State _state{State::OPEN};
    Waiting _waiting{Waiting::FOR_REQUEST};
    bool _mayRead{false};      // the stream may have more to read
    bool _isInputEnded{false}; // it was read to its end
    bool _hasReceived{false};  // … since the deadline was set
    bool _hasSent{false};      // … the same
    std::uint32_t _awaited{0}; // the request that the deadline is for, as the protocol counts them
};

} // namespace Ichor::Detail
