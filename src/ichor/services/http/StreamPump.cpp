#include "StreamPump.h"

#include "Exchange.h"
#include "ServerConnection.h"

#include <ichor/coroutines/YieldNow.h>

namespace Ichor::Detail {

namespace {
// After so many bytes others have their turn, however fast the peer and the generator are.
constexpr std::size_t BYTES_PER_TURN = 64 * 1024;
} // namespace

void StreamPump::start(IResumer &resumer) {
    IService &service = _exchange.route().service;
    launch(run(), service.scope(), resumer, service.getServicePriority(), service.getServiceId());
}

Task<void> StreamPump::run() {
    std::size_t sent = 0;
    while (auto part = co_await _stream->parts().next()) {
        if (_exchange.connection() == nullptr) co_return;
        _exchange.connection()->writePart(_exchange, *part);
        while (_exchange.connection() != nullptr && _exchange.connection()->isCongested()) co_await _drained;
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
