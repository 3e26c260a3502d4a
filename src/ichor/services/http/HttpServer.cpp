#include "HttpServer.h"

#include "HandlerFailure.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace Ichor::Detail {

namespace {

constexpr std::size_t MAXIMUM_SPARE_EXCHANGES = 256;

// Fine enough for the shortest of the timeouts, and never finer than needed: it wakes the thread.
Duration tickFor(HttpLimits const &limits) noexcept {
    Duration const shortest = std::min({limits.headerTimeout, limits.bodyTimeout, limits.idleTimeout, limits.sendTimeout});
    return std::clamp<Duration>(shortest / 8, std::chrono::milliseconds{5}, std::chrono::seconds{1});
}

// Returned from where it is made, so that it is never moved.
HttpResponse callPlain(HttpRoute &route, RequestMessage &message, RouteMatch const &match) {
    try {
        HttpRequest request(message, &match);
        return route.handler.callPlain(request);
    } catch (...) {
        return answerToFailure(route, std::current_exception());
    }
}

} // namespace

HttpServer::HttpServer(IEventQueue &queue, ISockets &sockets, HttpHostConfig config, Priority priority)
    : _queue(queue), _sockets(sockets), _config(std::move(config)), _priority(priority), _workspace(_config.limits),
      _deadlines(queue, tickFor(_config.limits), [this] { renewDate(); }), _acceptor(*this, queue, sockets), _later(*this),
      _idleTicks(_deadlines.ticksOf(_config.limits.idleTimeout)) {
    _deadlines.setPriority(priority);
    renewDate();
}

void HttpServer::renewDate() noexcept { _workspace.date.renew(std::time(nullptr)); }

HttpServer::~HttpServer() {
    closeAll();
    while (Exchange *const exchange = _exchangesInUse.popFront()) {
        exchange->abandonCoroutines();
        delete exchange;
    }
    for (Exchanges *const list : {&_spareExchanges, &_uselessExchanges}) {
        while (Exchange *const exchange = list->popFront()) delete exchange;
    }
    while (ServerConnection *const connection = _closed.popFront()) delete connection;
}

Expected<void, std::string> HttpServer::listen() { return _acceptor.listen(_config); }

void HttpServer::onAccepted(Descriptor socket) noexcept {
    auto *const connection = new (std::nothrow) ServerConnection(*this);
    if (connection == nullptr) return;
    if (!connection->open(socket.get())) {
        connection->discard();
        delete connection;
        return;
    }
    socket.release();
    _connections.pushBack(*connection);
    ++_connectionCount;
}

void HttpServer::dispatch(ServerConnection &connection) {
    RequestMessage const &message = connection.protocol().message();
    RouteMatch const match = _routes.find(message.head.method, message.path());
    if (match.kind != RouteMatch::Kind::FOUND) return answerWithout(connection, match);
    auto const &route = static_cast<HttpRoute const &>(*match.route);
    if (route.service.scope()->isCancelled()) return answerUnavailable(connection);
    if (!route.handler.isCoroutine()) return answerPlain(connection, match);
    runExchange(connection, match, HttpBodyMode::WHOLE);
}

void HttpServer::dispatchHead(ServerConnection &connection) {
    RequestMessage const &message = connection.protocol().message();
    RouteMatch const match = _routes.find(message.head.method, message.path());
    // Who is not served need not send the body.
    if (match.kind != RouteMatch::Kind::FOUND) return answerWithout(connection, match);
    auto const &route = static_cast<HttpRoute const &>(*match.route);
    if (route.service.scope()->isCancelled()) return answerUnavailable(connection);
    if (route.bodyMode == HttpBodyMode::WHOLE) return connection.protocol().welcomeBody(_workspace);
    connection.protocol().readInParts();
    runExchange(connection, match, HttpBodyMode::STREAMED);
}

void HttpServer::answerWithout(ServerConnection &connection, RouteMatch const &match) {
    ServerProtocol &protocol = connection.protocol();
    RequestMessage const &message = protocol.message();
    bool const isQuestion = message.head.method == HttpMethod::options;
    if (match.kind == RouteMatch::Kind::METHOD_NOT_ALLOWED) {
        auto response =
            isQuestion ? HttpResponse::noContent()
                       : HttpResponse::error(HttpStatus::methodNotAllowed, HttpBody::ofConstant("this path does not have that method"));
        response.setHeader("Allow", allowText(match.allowed));
        return protocol.answer(std::move(response), _workspace);
    }
    if (isQuestion && message.path() == "*") return protocol.answer(HttpResponse::noContent(), _workspace);
    protocol.answer(HttpResponse::notFound(HttpBody::ofConstant("there is nothing at this path")), _workspace);
}

void HttpServer::answerUnavailable(ServerConnection &connection) { connection.protocol().answer(answerOfStopping(), _workspace); }

void HttpServer::answerPlain(ServerConnection &connection, RouteMatch const &match) {
    RouteRef const keptAlive(match.route); // the handler may take its own route down
    auto &route = static_cast<HttpRoute &>(*match.route);
    HttpResponse response = callPlain(route, connection.protocol().message(), match);
    if (connection.isClosed()) return;
    if (isInterim(response)) return connection.protocol().answer(answerToInterim(route), _workspace);
    if (!response.isStream()) return connection.protocol().answer(std::move(response), _workspace);
    Exchange &exchange = prepareExchange(connection, match, HttpBodyMode::WHOLE);
    connection.protocol().defer(exchange);
    exchange.answer(std::move(response));
}

void HttpServer::runExchange(ServerConnection &connection, RouteMatch const &match, HttpBodyMode mode) {
    Exchange &exchange = prepareExchange(connection, match, mode);
    connection.protocol().defer(exchange);
    if (mode == HttpBodyMode::STREAMED) {
        connection.readBodyFor(&exchange);
        connection.protocol().welcomeBody(_workspace);
    }
    exchange.run();
}

Exchange &HttpServer::prepareExchange(ServerConnection &connection, RouteMatch const &match, HttpBodyMode mode) {
    Exchange &exchange = takeExchange();
    try {
        exchange.prepare(connection, connection.protocol().message(), match, mode);
    } catch (...) {
        exchange.discard();
        throw;
    }
    return exchange;
}

Exchange &HttpServer::takeExchange() {
    Exchange *exchange = _spareExchanges.popFront();
    if (exchange != nullptr) {
        --_spareCount;
    } else {
        exchange = new Exchange(*this);
    }
    _exchangesInUse.pushBack(*exchange);
    return *exchange;
}

void HttpServer::giveBack(Exchange &exchange) noexcept {
    exchange.hook.unlink();
    if (_spareCount < MAXIMUM_SPARE_EXCHANGES) {
        _spareExchanges.pushFront(exchange);
        ++_spareCount;
    } else {
        _uselessExchanges.pushBack(exchange);
        postLater();
    }
    if (_onDrained) postLater();
}

void HttpServer::goOnSoon(ServerConnection &connection) noexcept {
    if (!connection.isClosed() && !connection.soonHook.isLinked()) _soon.pushBack(connection);
    postLater();
}

void HttpServer::connectionClosed(ServerConnection &connection) noexcept {
    connection.hook.unlink();
    _closed.pushBack(connection);
    --_connectionCount;
    postLater();
}

void HttpServer::postLater() noexcept {
    if (!_later.isPosted()) _queue.post(_later, _priority);
}

void HttpServer::later() noexcept {
    IntrusiveList<ServerConnection, &ServerConnection::soonHook> soon;
    soon.spliceBack(_soon); // who puts off something again comes with the next round
    while (ServerConnection *const connection = soon.popFront()) connection->goOn();
    while (ServerConnection *const connection = _closed.popFront()) delete connection;
    while (Exchange *const exchange = _uselessExchanges.popFront()) delete exchange;
    _acceptor.resume();
    if (_onDrained && isDrained()) std::exchange(_onDrained, {})();
}

void HttpServer::drain(UniqueFunction<void()> onDrained) {
    _onDrained = std::move(onDrained);
    _acceptor.stop();
    for (ServerConnection &connection : _connections) connection.drain();
    postLater();
}

void HttpServer::closeAll() noexcept {
    _acceptor.stop();
    while (!_connections.isEmpty()) _connections.front().close();
    for (Exchange &exchange : _exchangesInUse) exchange.cancel();
}

} // namespace Ichor::Detail
