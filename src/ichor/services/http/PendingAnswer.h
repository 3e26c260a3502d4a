#pragma once

#include "ResponseWriter.h"

#include <ichor/base/IntrusiveList.h>
#include <ichor/services/http/HttpResponse.h>

#include <cstdint>
#include <optional>

namespace Ichor::Detail {

/// The place of one request's answer among those of its connection, which go out in the order in which the requests came. Derive from it.
///
/// Threads:   the host's own
/// Lifetime:  while it is linked the protocol points to it; it leaves by isWritten(), or with the protocol
class PendingAnswer {
public:
    PendingAnswer() noexcept = default;
    PendingAnswer(PendingAnswer const &) = delete;
    PendingAnswer &operator=(PendingAnswer const &) = delete;

    ListHook hook;

protected:
    virtual ~PendingAnswer() = default;

    /// The whole answer is in the output, and this in no list any more. May destroy it.
    virtual void onWritten() noexcept = 0;

    /// The head of an answer with a stream is in the output: its parts may follow.
    virtual void onStreamBegun() noexcept = 0;

    /// The connection has gone before the answer was written. This is in no list any more. May destroy it.
    virtual void onConnectionGone() noexcept = 0;

    /// The response that was given to complete(), until it is written.
    [[nodiscard]] std::optional<HttpResponse> &response() noexcept { return _response; }

private:
    friend class ServerProtocol;

    enum class State : std::uint8_t { OPEN, ANSWERED, STREAMING };

    std::optional<HttpResponse> _response;
    AnswerTraits _traits;
    State _state{State::OPEN};
    bool _isLast{false}; // the connection ends with this stream
    StreamFraming _framing{StreamFraming::CHUNKED};
};

} // namespace Ichor::Detail
