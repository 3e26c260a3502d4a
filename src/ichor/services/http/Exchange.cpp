#include "Exchange.h"

#include "HandlerFailure.h"
#include "HttpServer.h"
#include "ServerConnection.h"

#include <stdexcept>
#include <utility>

namespace Ichor::Detail {

namespace {
// More than this is not kept for the next request.
constexpr std::size_t MAXIMUM_KEPT_BYTES = 16 * 1024;
} // namespace

void Exchange::prepare(ServerConnection &connection, RequestMessage const &message, RouteMatch const &match, HttpBodyMode mode) {
    _message.copyFrom(message, _bytes);
    _match = match;
    _route = RouteRef(match.route);
    if (mode == HttpBodyMode::STREAMED) _body.emplace(static_cast<RequestBodyChannel::IReader &>(*this));
    _request.emplace(_message, &_match, body());
    _connection = &connection;
}

void Exchange::run() {
    IService &service = route().service;
    Task<HttpResponse> task;
    try {
        task = route().handler.callCoroutine(*_request);
    } catch (...) {
        return answer(answerToFailure(route(), std::current_exception()));
    }
    if (!task) return answer(answerToFailure(route(), std::make_exception_ptr(std::logic_error("it returned a Task without a coroutine"))));
    _isHandlerRunning = true;
    launch(std::move(task), service.scope(), _server.queue(), service.getServicePriority(), service.getServiceId());
}

void Exchange::answer(HttpResponse &&response) noexcept {
    if (_connection == nullptr) return settle();
    if (_connection->bodyReader() == this) _connection->readBodyFor(nullptr);
    bool const isStream = response.isStream();
    _connection->protocol().complete(*this, std::move(response));
    _connection->goOnSoon();
    if (isStream) startPump();
}

void Exchange::startPump() noexcept {
    try {
        _pump = std::make_unique<StreamPump>(*this);
        _pump->start(_server.queue());
    } catch (...) {
        _pump.reset();
        _connection->protocol().complete(*this, answerToFailure(route(), std::current_exception()));
    }
}

void Exchange::finished(Outcome<HttpResponse> outcome) noexcept {
    _isHandlerRunning = false;
    if (outcome.value && isInterim(*outcome.value)) return answer(answerToInterim(route()));
    if (outcome.value) return answer(*std::move(outcome.value));
    if (outcome.cancelled) return answer(answerOfStopping());
    answer(answerToFailure(route(), std::move(outcome.error)));
}

void Exchange::onStreamBegun() noexcept {
    _connection->streamBegun(this);
    _pump->begin(response()->takeStream());
}

void Exchange::streamEnded() noexcept {
    if (_connection != nullptr) _connection->endStream(*this);
}

void Exchange::streamBroken(std::exception_ptr error) noexcept {
    if (error != nullptr) reportFailure(route(), std::move(error));
    if (_connection != nullptr) _connection->breakStream(*this);
}

void Exchange::streamWithdrawn() noexcept {
    if (_connection == nullptr) return;
    _connection->protocol().complete(*this, answerOfStopping());
    _connection->goOnSoon();
}

void Exchange::pumpFinished(Outcome<void> outcome) noexcept {
    // Breaking the stream can end the answer, and this call comes from inside the pump: it settles once, at the end.
    _isPumpEnding = true;
    if (!_pump->hasBegun()) {
        streamWithdrawn();
    } else if (!outcome.hasSucceeded()) {
        streamBroken(std::move(outcome.error));
    }
    _isPumpEnding = false;
    _pump.reset();
    settle();
}

void Exchange::onDrained() noexcept {
    if (_pump) _pump->onDrained();
}

void Exchange::onWritten() noexcept {
    _connection->streamBegun(nullptr);
    _connection = nullptr;
    if (_pump && !_pump->hasBegun()) _pump->abandon(); // an answer without a body
    settle();
}

void Exchange::onConnectionGone() noexcept {
    _connection = nullptr;
    if (_body) _body->fail({HttpError::CLOSED});
    if (_pump) _pump->cancel();
    settle();
}

void Exchange::onPartTaken() noexcept {
    if (_connection != nullptr) _connection->goOnSoon();
}

void Exchange::cancel() noexcept {
    Root<HttpResponse>::cancel();
    if (_pump) _pump->cancel();
}

void Exchange::abandonCoroutines() noexcept {
    Root<HttpResponse>::abandon();
    if (_pump) _pump->abandon();
    response().reset();
}

void Exchange::settle() noexcept {
    if (_isHandlerRunning || _isPumpEnding || _connection != nullptr || (_pump && _pump->isRunning())) return;
    // A stream that was never begun may look at the request, and so goes first.
    response().reset();
    _pump.reset();
    _request.reset();
    _body.reset();
    _route = RouteRef();
    _message.clear();
    if (_bytes.capacity() > MAXIMUM_KEPT_BYTES) _bytes = std::vector<char>(); // {} would be a list of nothing, and keep the memory
    _server.giveBack(*this);
}

} // namespace Ichor::Detail
