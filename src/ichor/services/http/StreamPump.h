#pragma once

#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/coroutines/Root.h>
#include <ichor/services/http/HttpBodyStream.h>

#include <memory>

namespace Ichor::Detail {

class Exchange;

/// Moves the parts of a streamed answer to its connection, no faster than the peer takes them.
///
/// Threads:   the host's own
class StreamPump final : private Root<void> {
public:
    StreamPump(Exchange &exchange, std::unique_ptr<HttpBodyStream> stream) noexcept : _exchange(exchange), _stream(std::move(stream)) {}
    ~StreamPump() = default;

    void start(IResumer &resumer);
    void cancel() noexcept { Root<void>::cancel(); }
    void abandon() noexcept { Root<void>::abandon(); }
    using Root<void>::isRunning;

    /// The peer has taken some of what was sent.
    void onDrained() noexcept { _drained.set(); }

private:
    Task<void> run();
    void finished(Outcome<void> outcome) noexcept override;

    Exchange &_exchange;
    std::unique_ptr<HttpBodyStream> _stream;
    AsyncAutoResetEvent _drained;
};

} // namespace Ichor::Detail
