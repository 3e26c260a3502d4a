#include "ServerConnection.h"

#include "HttpServer.h"

#include <utility>

namespace Ichor::Detail {

// What comes in, and in which order things happen. What goes out is in ServerOutput.cpp.

namespace {

// So many full receive buffers in a row, and the others have their turn.
constexpr unsigned MAXIMUM_READS = 16;

HttpError errorOf(Refusal refusal) {
    switch (statusOf(refusal)) {
    case HttpStatus::requestTimeout: return {HttpError::TIMEOUT};
    case HttpStatus::contentTooLarge:
    case HttpStatus::headerFieldsTooLarge: return {HttpError::TOO_LARGE, std::string(describe(refusal))};
    default: return {HttpError::PROTOCOL, std::string(describe(refusal))};
    }
}

} // namespace

ServerConnection::~ServerConnection() { close(); }

bool ServerConnection::open(int socket) noexcept {
    try {
        _server.deadlines().setTicks(*this, _server.idleTicks());
        auto stream = _server.sockets().open(socket, *this);
        if (!stream) return false;
        _stream = *std::move(stream);
        return true;
    } catch (...) {
        return false;
    }
}

void ServerConnection::close() noexcept {
    if (_state == State::CLOSED) return;
    _state = State::CLOSED;
    if (_stream != nullptr && _protocol.wouldLookWhole(_unsent != nullptr)) {
        _stream.release()->abort();
    } else {
        _stream.reset();
    }
    _server.deadlines().clear(*this);
    soonHook.unlink();
    _unsent.reset();
    _streaming = _reading = nullptr;
    _protocol.abandon();
    _server.connectionClosed(*this);
}

void ServerConnection::drain() noexcept {
    // A request that is not all there yet has not begun, and its peer may take as long as it likes.
    if (_protocol.unanswered() == 0 && !_unsent) return close();
    _protocol.stopReading();
    inTurn([] {});
}

void ServerConnection::onReady(Readiness readiness) noexcept {
    if (has(readiness, Readiness::FAILED)) return close();
    if (has(readiness, Readiness::READABLE | Readiness::PEER_CLOSED)) _mayRead = true;
    bool const maySend = has(readiness, Readiness::WRITABLE) && _unsent != nullptr;
    if (!maySend && !_mayRead) return; // what every connection is told first
    inTurn([this, maySend] {
        if (maySend) sendUnsent();
        work();
    });
}

void ServerConnection::goOnSoon() noexcept {
    // In its own turn it goes on anyway.
    if (_server.turn != this) _server.goOnSoon(*this);
}

void ServerConnection::goOn() noexcept {
    inTurn([this] { work(); });
}

template <class F>
void ServerConnection::inTurn(F const &step) noexcept {
    if (isClosed()) return;
    ServerConnection *const outer = std::exchange(_server.turn, this);
    OutputBuffer outersOutput;
    if (outer != nullptr && outer != this) outersOutput.swap(_server.workspace().output);
    _server.renewDateIfNobodyDoes();
    try {
        step();
        if (outer != this) settle();
    } catch (...) {
        // Out of memory, and in the middle of something: this one connection is what it costs.
        close();
    }
    if (outer != this) _server.workspace().output.clear();
    if (outer != nullptr && outer != this) outersOutput.swap(_server.workspace().output);
    _server.turn = outer;
}

void ServerConnection::writePart(Exchange &exchange, std::string_view bytes) {
    inTurn([&] { _protocol.writePart(exchange, bytes, _server.workspace()); });
}

void ServerConnection::endStream(Exchange &exchange) noexcept {
    inTurn([&] { _protocol.endStream(exchange, _server.workspace()); });
}

void ServerConnection::breakStream(Exchange &exchange) noexcept {
    inTurn([&] { _protocol.breakStream(exchange); });
}

void ServerConnection::work() {
    for (unsigned reads = 0; !isClosed();) {
        _protocol.writeReady(_server.workspace());
        if (!mayGoOn()) sendOutput();
        if (!mayGoOn()) return;
        if (_protocol.hasHeld()) {
            process({});
        } else if (!_mayRead) {
            return;
        } else if (reads++ == MAXIMUM_READS) {
            return _server.goOnSoon(*this);
        } else {
            readOnce();
        }
    }
}

void ServerConnection::readOnce() {
    Received const received = _stream->receive(_server.receiveBuffer());
    _mayRead = received.mayHaveMore;
    switch (received.kind) {
    case Received::Kind::BYTES:
        _hasReceived = true;
        _bodyBytes += received.bytes.size();
        return process(received.bytes);
    case Received::Kind::NOTHING: return;
    case Received::Kind::ENDED: return inputEnded();
    case Received::Kind::FAILED: return close();
    }
}

void ServerConnection::process(std::span<char> input) {
    ServerWorkspace &workspace = _server.workspace();
    for (;;) {
        switch (_protocol.next(input, workspace)) {
        case ServerProtocol::Event::NEED_MORE: return;
        case ServerProtocol::Event::REQUEST: _server.dispatch(*this); break;
        case ServerProtocol::Event::HEAD: _server.dispatchHead(*this); break;
        case ServerProtocol::Event::PART: takePart(); break;
        case ServerProtocol::Event::REFUSED: failBody(errorOf(_protocol.refusal())); break;
        }
        if (isClosed()) return;
        _protocol.writeReady(workspace);
        if (mayGoOn()) continue;
        sendOutput();
        if (isClosed() || mayGoOn()) continue;
        return _protocol.hold(input, workspace);
    }
}

void ServerConnection::takePart() {
    // Its handler may have answered already, and nobody wants the rest.
    if (_reading == nullptr) return;
    RequestBodyChannel &body = *_reading->body();
    body.push(_protocol.part());
    if (!_protocol.isPartLast()) return;
    body.end();
    _reading = nullptr;
}

void ServerConnection::failBody(HttpError why) noexcept {
    if (_reading != nullptr) std::exchange(_reading, nullptr)->body()->fail(std::move(why));
}

void ServerConnection::inputEnded() noexcept {
    _isInputEnded = true;
    if (_state == State::LINGERING) close();
}

bool ServerConnection::mayGoOn() const noexcept {
    if (_state == State::LINGERING) return true; // what comes now is thrown away
    HttpLimits const &limits = _server.config().limits;
    if (_protocol.unanswered() >= limits.pipelinedRequests) return false;
    if (_reading != nullptr && _reading->body()->isFull()) return false;
    return unsentSize() + _server.workspace().output.size() < limits.unsentBytes;
}

void ServerConnection::settle() {
    if (isClosed()) return;
    _protocol.writeReady(_server.workspace());
    if (_isInputEnded && !_protocol.hasHeld()) {
        failBody({HttpError::CLOSED});
        _protocol.stopReading();
    }
    if (_protocol.isInputOver()) { // the rest of a body will not come
        failBody({HttpError::CLOSED});
        _protocol.dropInput(_server.workspace());
    }
    sendOutput();
    if (!isClosed() && _state == State::OPEN && _protocol.isOver() && !_unsent) finishSending();
    if (isClosed()) return;
    setDeadline();
    // What was put off for want of room, and has room now.
    if ((_mayRead || _protocol.hasHeld()) && mayGoOn()) _server.goOnSoon(*this);
}

void ServerConnection::setDeadline() {
    DeadlineWheel &wheel = _server.deadlines();
    HttpLimits const &limits = _server.config().limits;
    Waiting const before = _waiting;
    bool const hasReceived = std::exchange(_hasReceived, false);
    bool const hasSent = std::exchange(_hasSent, false);
    bool const isOther = _awaited != _protocol.requestsHeld(); // request than before
    _awaited = _protocol.requestsHeld();
    if (_state == State::LINGERING) {
        _waiting = Waiting::FOR_PEER_TO_CLOSE;
        if (before != _waiting) wheel.set(*this, std::chrono::seconds{2});
    } else if (_unsent) {
        _waiting = Waiting::FOR_PEER_TO_READ;
        // That it sends does not show that it reads.
        if (before != _waiting || hasSent) wheel.set(*this, limits.sendTimeout);
    } else if (_protocol.isInsideHead()) {
        _waiting = Waiting::FOR_HEAD;
        if (before != _waiting || isOther) wheel.set(*this, limits.headerTimeout);
    } else if (_protocol.isInsideBody() && mayGoOn()) {
        _waiting = Waiting::FOR_BODY;
        if (before != _waiting || isOther) {
            _bodyBytes = 0;
            _bodyBegan = _server.queue().now();
        }
        auto const allowed = limits.bodyTimeout + std::chrono::seconds{_bodyBytes / limits.bodyBytesPerSecond};
        Duration const left = _bodyBegan + allowed - _server.queue().now();
        // Past its time a byte now and then wins no more of it: the deadline stays where it is.
        if (before != _waiting || isOther || (hasReceived && left > Duration::zero())) wheel.set(*this, left);
    } else if (_protocol.unanswered() != 0 || _protocol.isInsideBody()) {
        _waiting = Waiting::FOR_HANDLER;
        if (before != _waiting) wheel.clear(*this);
    } else {
        _waiting = Waiting::FOR_REQUEST;
        if (before != _waiting || hasReceived || hasSent) wheel.setTicks(*this, _server.idleTicks());
    }
}

void ServerConnection::onDeadline() noexcept {
    switch (_waiting) {
    case Waiting::FOR_REQUEST:
    case Waiting::FOR_PEER_TO_READ:
    case Waiting::FOR_PEER_TO_CLOSE: return close();
    case Waiting::FOR_HEAD:
    case Waiting::FOR_BODY:
        return inTurn([this] {
            _protocol.refuseSlow(_server.workspace());
            failBody({HttpError::TIMEOUT});
        });
    case Waiting::FOR_HANDLER: return;
    }
}

} // namespace Ichor::Detail
