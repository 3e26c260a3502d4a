#pragma once

#include "HttpRoute.h"
#include "PendingAnswer.h"
#include "RequestBodyChannel.h"
#include "RequestMessage.h"
#include "RouteMatch.h"
#include "StreamPump.h"

#include <ichor/base/IntrusiveList.h>
#include <ichor/coroutines/Root.h>
#include <ichor/services/http/HttpRequest.h>
#include <ichor/services/http/HttpResponse.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace Ichor::Detail {

class HttpServer;
class ServerConnection;

/// One request whose answer takes longer than its turn: its own copy of the request, the coroutine that answers, the stream of the answer.
/// Used again and again, so that nothing is allocated for it in the long run.
///
/// Threads:   the host's own
/// Lifetime:  the server's; given back once the coroutine has ended and the answer is written, or has nobody left to go to
class Exchange final : public PendingAnswer, private Root<HttpResponse>, private RequestBodyChannel::IReader {
public:
    explicit Exchange(HttpServer &server) noexcept : _server(server) {}
    ~Exchange() override = default;

    /// Takes what it needs of a request. Its place among the answers is to be taken next.
    ///
    /// Errors:    std::bad_alloc; then discard it
    void prepare(ServerConnection &connection, RequestMessage const &message, RouteMatch const &match, HttpBodyMode mode);

    void discard() noexcept {
        _connection = nullptr;
        settle();
    }

    /// Runs the handler, up to its first suspension at once.
    void run();

    /// Takes an answer that is there, for the sake of its stream. When the service stops before that is begun, 503 goes out in its place.
    void answer(HttpResponse &&response) noexcept;

    /// Its coroutines end at their next await, or (abandoned) where they sleep now.
    void cancel() noexcept;
    void abandonCoroutines() noexcept;

    /// The peer has taken some of the stream.
    void onDrained() noexcept;

    [[nodiscard]] RequestBodyChannel *body() noexcept { return _body ? &*_body : nullptr; }
    [[nodiscard]] HttpRoute &route() const noexcept { return static_cast<HttpRoute &>(*_route.get()); }

    // For StreamPump.
    [[nodiscard]] ServerConnection *connection() const noexcept { return _connection; }
    void streamEnded() noexcept;
    void streamBroken(std::exception_ptr error) noexcept;
    void pumpFinished(Outcome<void> outcome) noexcept;

    ListHook hook; // in one of the server's lists: in use, spare, or to be destroyed

private:
    void finished(Outcome<HttpResponse> outcome) noexcept override;
    void onWritten() noexcept override;
    void onStreamBegun() noexcept override;
    void onConnectionGone() noexcept override;
    void onPartTaken() noexcept override;
    void startPump() noexcept;
    void streamWithdrawn() noexcept;
    void settle() noexcept;

    HttpServer &_server;
    ServerConnection *_connection{nullptr}; // nullptr: its answer is written, or the connection has gone
    RouteRef _route;
    RouteMatch _match;
    RequestMessage _message;
    std::vector<char> _bytes; // of the message
    std::optional<HttpRequest> _request;
    std::optional<RequestBodyChannel> _body; // of a body that is read in parts
    std::unique_ptr<StreamPump> _pump;       // while its answer is a stream, begun or not
    bool _isHandlerRunning{false};
    bool _isPumpEnding{false}; // inside pumpFinished()
};

} // namespace Ichor::Detail
