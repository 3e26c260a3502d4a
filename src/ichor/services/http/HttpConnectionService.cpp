#include <ichor/services/http/HttpConnectionService.h>

#include "Characters.h"
#include "ClientConnection.h"
#include "RequestWriter.h"
#include "SocketAddress.h"

#include <ichor/coroutines/WithTimeout.h>
#include <ichor/coroutines/YieldNow.h>
#include <ichor/event_queues/IEventQueue.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace Ichor {

namespace {

using Detail::ClientConnection;
using Detail::ResponseParser;

// So many full buffers in a row, and the others have their turn: the clock that would end this exchange among them.
constexpr unsigned MAXIMUM_READS = 16;

unexpected<HttpError> failure(HttpError error) { return unexpected<HttpError>(std::move(error)); }

HttpError errorOf(std::error_code code, std::string const &host) {
    switch (code.value()) {
    case ECONNREFUSED: return {HttpError::CONNECTION_REFUSED, host};
    case EHOSTUNREACH:
    case ENETUNREACH: return {HttpError::UNREACHABLE, host};
    case EPIPE:
    case ECONNRESET: return {HttpError::CLOSED, host};
    default: return {HttpError::SYSTEM, host + ": " + code.message()};
    }
}

bool isClosing(std::error_code code) noexcept { return code == std::errc::broken_pipe || code == std::errc::connection_reset; }

/// RFC 9110 section 9.2.2: sent twice, it does what it does sent once.
bool isIdempotent(HttpMethod method) noexcept {
    return method != HttpMethod::post && method != HttpMethod::patch && method != HttpMethod::connect;
}

/// RFC 9112 section 9.6: nothing may be sent behind such a request.
bool asksToClose(HttpHeaders const &headers) {
    return std::any_of(headers.begin(), headers.end(), [](HttpHeader const &header) {
        return Detail::equalsIgnoringCase(header.name, "connection") && Detail::hasElement(header.value, "close");
    });
}

} // namespace

/// A place among the connections in use, which a cancelled request gives back as well.
class HttpConnectionService::Lease {
public:
    explicit Lease(HttpConnectionService &service) noexcept : _service(service) { ++_service._inUse; }
    Lease(Lease const &) = delete;
    Lease &operator=(Lease const &) = delete;
    ~Lease() {
        --_service._inUse;
        _service._hasRoom.set();
    }

private:
    HttpConnectionService &_service;
};

HttpConnectionService::HttpConnectionService(DependencyRegister &, Properties properties) : AdvancedService(std::move(properties)) {}
HttpConnectionService::~HttpConnectionService() = default;

Task<Expected<void, StartError>> HttpConnectionService::start() {
    auto config = HttpConnectionConfig::from(getProperties());
    if (!config) co_return fail(config.error());
    if (getEventQueue().sockets() == nullptr) {
        co_return fail("this kind of queue has no sockets: use a PriorityQueue, a BoostAsioQueue or an IOUringQueue");
    }
    _config = *std::move(config);
    _host = Detail::hostAndPort(_config.address, _config.port);
    co_return Expected<void, StartError>{};
}

Task<void> HttpConnectionService::stop() {
    _idle.clear();
    co_return;
}

Task<Expected<HttpResponse, HttpError>> HttpConnectionService::send(HttpMethod method, std::string path, HttpHeaders headers,
                                                                    HttpBody body) {
    IEventQueue &queue = getEventQueue();
    TimePoint const deadline = queue.now() + _config.timeout;
    Task<Result> work = exchange(method, path, headers, body);
    auto limited = withTimeout(_config.timeout, std::move(work));
    Expected<Result, Cancelled> result = co_await limited;
    if (result) co_return *std::move(result);
    if (queue.now() >= deadline) co_return failure({HttpError::TIMEOUT, _host});
    co_return failure({HttpError::CANCELLED, _host});
}

Task<Expected<HttpResponse, HttpError>> HttpConnectionService::exchange(HttpMethod method, std::string const &path,
                                                                        HttpHeaders const &headers, HttpBody const &body) {
    // RFC 9110 section 9.3.6: what came behind its answer would be another protocol.
    if (method == HttpMethod::connect) co_return failure({HttpError::PROTOCOL, "CONNECT would make a tunnel of the connection"});
    Detail::OutputBuffer request;
    try {
        Detail::writeRequest(request, method, path, _host, headers, body.view());
    } catch (std::invalid_argument const &error) {
        co_return failure({HttpError::PROTOCOL, error.what()});
    }
    while (_inUse >= _config.connections) co_await _hasRoom;
    Lease const lease(*this);
    if (_inUse < _config.connections) _hasRoom.set(); // one signal may stand for several places
    bool const isLastOfItsConnection = asksToClose(headers);
    for (;;) {
        std::unique_ptr<ClientConnection> connection = takeIdle();
        if (connection == nullptr) {
            auto made = connect();
            if (!made) co_return failure(made.error());
            connection = *std::move(made);
        }
        Task<Result> work = attempt(*connection, method, request);
        Result result = co_await work;
        if (result) {
            bool const mayFollow = connection->parser.isReusable() && !connection->isSpoiled && !isLastOfItsConnection;
            if (mayFollow) keepIdle(std::move(connection));
            co_return result;
        }
        // A server may close a connection that it thinks idle just when the next request is on its way.
        bool const wasIdleTooLong = connection->isReused && result.error() == HttpError::CLOSED && connection->parser.isUntouched();
        if (!wasIdleTooLong || !isIdempotent(method)) co_return result;
    }
}

Task<Expected<HttpResponse, HttpError>> HttpConnectionService::attempt(ClientConnection &connection, HttpMethod method,
                                                                       Detail::OutputBuffer const &request) {
    connection.parser.begin(method, nullptr);
    while (!connection.isConnected) {
        co_await connection.ready;
        if (auto const error = connection.stream().connectionResult()) co_return failure(errorOf(error, _host));
        connection.isConnected = true;
    }
    std::string_view unsent = request.view();
    std::array<char, 16384> buffer; // NOLINT: filled by recv
    for (unsigned reads = 0;;) {
        if (!unsent.empty()) {
            Sent const sent = connection.stream().send(unsent);
            unsent.remove_prefix(sent.size);
            if (isClosing(sent.error)) {
                unsent = {}; // the server has closed, and may have said before why: that a body is too large, for instance
            } else if (sent.error) {
                co_return failure(errorOf(sent.error, _host));
            }
        }
        Received const received = connection.stream().receive(buffer);
        if (received.kind == Received::Kind::NOTHING) {
            co_await connection.ready;
            reads = 0;
            continue;
        }
        if (received.kind == Received::Kind::FAILED) co_return failure({HttpError::CLOSED, _host});
        bool const isEnd = received.kind == Received::Kind::ENDED;
        ResponseParser::Result const parsed =
            isEnd ? connection.parser.finish() : connection.parser.parse({received.bytes.data(), received.bytes.size()});
        if (parsed == ResponseParser::Result::FAILED) co_return failure(connection.parser.error());
        if (parsed == ResponseParser::Result::COMPLETE) {
            connection.isSpoiled = !unsent.empty(); // the server would take the next request for the rest of this one
            co_return connection.parser.takeResponse();
        }
        if (isEnd) co_return failure({HttpError::CLOSED, _host});
        if (++reads < MAXIMUM_READS) continue;
        co_await yieldNow();
        reads = 0;
    }
}

Expected<std::unique_ptr<ClientConnection>, HttpError> HttpConnectionService::connect() {
    auto const address = Detail::SocketAddress::parse(_config.address, _config.port);
    if (!address) return failure({HttpError::UNREACHABLE, _host});
    auto connection = std::make_unique<ClientConnection>(Detail::ResponseLimits{_config.headerBytes, _config.bodyBytes});
    auto const opened = connection->open(*getEventQueue().sockets(), *address);
    if (!opened) return failure(errorOf(opened.error(), _host));
    return connection;
}

void HttpConnectionService::keepIdle(std::unique_ptr<ClientConnection> connection) {
    std::erase_if(_idle, [](auto const &other) { return other->isStale(); });
    connection->beginIdling();
    _idle.push_back(std::move(connection));
}

std::unique_ptr<ClientConnection> HttpConnectionService::takeIdle() noexcept {
    while (!_idle.empty()) {
        std::unique_ptr<ClientConnection> connection = std::move(_idle.back());
        _idle.pop_back();
        if (!connection->isUsable()) continue;
        connection->endIdling();
        connection->isReused = true;
        return connection;
    }
    return nullptr;
}

} // namespace Ichor
