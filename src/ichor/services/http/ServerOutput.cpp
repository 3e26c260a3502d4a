#include "HttpServer.h"
#include "ServerConnection.h"

namespace Ichor::Detail {

namespace {

// Beyond this the shared buffer's memory is not kept for ever because of one large answer.
constexpr std::size_t MAXIMUM_KEPT_OUTPUT = 1024 * 1024;

// From here on moving bytes costs more than giving the whole buffer away.
constexpr std::size_t WORTH_GIVING_AWAY = 64 * 1024;

} // namespace

std::size_t ServerConnection::sendSome(std::string_view bytes) noexcept {
    Sent const sent = _stream->send(bytes);
    if (sent.error) close();
    if (sent.size != 0) _hasSent = true;
    return sent.size;
}

void ServerConnection::sendOutput() {
    OutputBuffer &output = _server.workspace().output;
    if (output.isEmpty() || isClosed()) return;
    if (!_unsent) output.consume(sendSome(output.view()));
    if (isClosed() || output.isEmpty()) {
        output.clear();
    } else {
        keepUnsent(output);
    }
    if (output.capacity() > MAXIMUM_KEPT_OUTPUT) output = OutputBuffer();
}

void ServerConnection::keepUnsent(OutputBuffer &output) {
    if (!_unsent) _unsent = std::make_unique<OutputBuffer>();
    if (_unsent->isEmpty() && output.size() >= WORTH_GIVING_AWAY) {
        _unsent->swap(output);
    } else {
        _unsent->append(output.view());
    }
    output.clear();
}

void ServerConnection::sendUnsent() noexcept {
    _unsent->consume(sendSome(_unsent->view()));
    if (isClosed()) return;
    if (_unsent->isEmpty()) _unsent.reset();
    if (_streaming != nullptr && !isCongested()) _streaming->onDrained();
}

void ServerConnection::finishSending() {
    if (_isInputEnded || _protocol.wouldLookWhole(false)) return close();
    // Closed at once, bytes that the peer still sends would make the kernel throw away what the peer has not yet received.
    _stream->endOutput();
    _state = State::LINGERING;
    _mayRead = true;
}

} // namespace Ichor::Detail
