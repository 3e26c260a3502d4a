#include "StreamPump.h"

#include "Exchange.h"
#include "ServerConnection.h"

#include <ichor/coroutines/YieldNow.h>

#include <utility>

namespace Ichor::Detail {

namespace {
// After so many bytes others have their turn, however fast the peer and the generator are.
constexpr std::size_t BYTES_PER_TURN = 64 * 1024;
} // namespace

void StreamPump::start(IResumer &resumer) {
    IService &service = _exchange.route().service;
    launch(run(), service.scope(), resumer, service.getServicePriority(), service.getServiceId());
}

void StreamPump::begin(std::unique_ptr<HttpBodyStream> stream) noexcept {
    _stream = std::move(stream);
    _hasBegun = true;
    _mayGoOn.set();
}

Task<void> StreamPump::run() {
    while (!_hasBegun) co_await _mayGoOn;
    std::size_t sent = 0;
    while (auto part = co_await _stream->parts().next()) {
        if (_exchange.connection() == nullptr) co_return;
        _exchange.connection()->writePart(_exchange, *part);
        while (_exchange.connection() != nullptr && _exchange.connection()->isCongested()) co_await _mayGoOn;
        sent += part->size();
        if (sent < BYTES_PER_TURN) continue;
        sent = 0;
        co_await yieldNow();
    }
    _exchange.streamEnded();
}

void StreamPump::finished(Outcome<void> outcome) noexcept {
    _stream.reset();
    _exchange.pumpFinished(std::move(outcome)); // destroys this
}

} // namespace Ichor::Detail
