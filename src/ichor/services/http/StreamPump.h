#pragma once

#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/coroutines/Root.h>
#include <ichor/services/http/HttpBodyStream.h>

#include <memory>

namespace Ichor::Detail {

class Exchange;

/// Moves the parts of a streamed answer to its connection, no faster than the peer takes them. It is in the service's scope from the time
/// at which the answer is there, although others may have to be written before: so the service cannot go and leave the stream behind.
///
/// Threads:   the host's own
class StreamPump final : private Root<void> {
public:
    explicit StreamPump(Exchange &exchange) noexcept : _exchange(exchange) {}
    ~StreamPump() = default;

    /// Waits for begin(). Where the service is being stopped it ends inside of this.
    ///
    /// Errors:    std::bad_alloc
    void start(IResumer &resumer);
    /// The head is written, and the parts may follow.
    void begin(std::unique_ptr<HttpBodyStream> stream) noexcept;
    [[nodiscard]] bool hasBegun() const noexcept { return _hasBegun; }

    void cancel() noexcept { Root<void>::cancel(); }
    void abandon() noexcept { Root<void>::abandon(); }
    using Root<void>::isRunning;

    /// The peer has taken some of what was sent.
    void onDrained() noexcept { _mayGoOn.set(); }

private:
    Task<void> run();
    void finished(Outcome<void> outcome) noexcept override;

    Exchange &_exchange;
    std::unique_ptr<HttpBodyStream> _stream; // nullptr: it has not begun, or has ended
    AsyncAutoResetEvent _mayGoOn;            // it has begun, or the peer has taken some
    bool _hasBegun{false};
};

} // namespace Ichor::Detail
