#pragma once

#include "PendingAnswer.h"
#include "RequestParser.h"
#include "ServerWorkspace.h"

#include <ichor/base/IntrusiveList.h>
#include <ichor/services/http/HttpResponse.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace Ichor::Detail {

/// One connection's side of HTTP/1.1 as a server: bytes go in and requests come out, answers go in and bytes come out, in order. It does no
/// input or output, knows no clock and no route.
///
///     for (;;) switch (protocol.next(input, workspace)) {
///         case NEED_MORE: return;                    // the input is used up
///         case HEAD:      …                          // nothing, readInParts(), or answer at once
///         case REQUEST:   protocol.answer(…);        // or defer(…) and complete(…) later
///         case PART:      …
///         case REFUSED:   return;                    // the answer that says so is in the output
///     }
///
/// Threads:   the host's own
class ServerProtocol {
public:
    enum class Event : std::uint8_t {
        NEED_MORE, // all input is taken
        HEAD,      // message() is a request whose body has not arrived in full; said once, and not for each
        REQUEST,   // message() is a whole request
        PART,      // part() is more of the body that is read in parts; isPartLast()
        REFUSED,   // refusal() says why; nothing further is read
    };

    ServerProtocol() noexcept = default;
    ServerProtocol(ServerProtocol const &) = delete;
    ServerProtocol &operator=(ServerProtocol const &) = delete;
    ~ServerProtocol();

    /// Goes on to the next event. Takes what it needs from the front of `input`, whose bytes it may change.
    ///
    /// Lifetime:  message() and part() are valid until the next call, and as long as the input's bytes
    [[nodiscard]] Event next(std::span<char> &input, ServerWorkspace &workspace);

    /// Keeps the input for later, when next() is not to be called now.
    void hold(std::span<char> &input, ServerWorkspace &workspace);
    /// Whether next() could find something without any more input.
    [[nodiscard]] bool hasHeld() const noexcept {
        return (_isInParts && !_part.empty()) || (_partial != nullptr && _partial->unreadSize() != 0 && !_isLookedAt);
    }

    [[nodiscard]] RequestMessage &message() noexcept { return *_message; }
    [[nodiscard]] std::string_view part() const noexcept { return _part; }
    [[nodiscard]] bool isPartLast() const noexcept { return !_isInParts; }
    [[nodiscard]] Refusal refusal() const noexcept { return _refusal; }

    /// After HEAD: the body comes in parts, and the request is to be answered now.
    void readInParts() noexcept;
    /// After HEAD: the body is welcome; writes "100 Continue" when the client waits for it and no other answer is due before.
    void welcomeBody(ServerWorkspace &workspace);

    /// Answers the request that next() gave last. Before its body was read, this ends the connection.
    void answer(HttpResponse &&response, ServerWorkspace &workspace);
    /// Leaves it for later: that answer has its place in the order now. A response with a stream has to take this way.
    void defer(PendingAnswer &answer) noexcept;
    /// Gives the answer of a deferred request, or another one in place of what is not written yet. writeReady() writes it, once those
    /// before it are written.
    void complete(PendingAnswer &answer, HttpResponse &&response) noexcept;
    void writeReady(ServerWorkspace &workspace);
    [[nodiscard]] bool hasReady() const noexcept;

    /// The parts of an answer whose onStreamBegun() was called.
    void writePart(PendingAnswer &answer, std::string_view bytes, ServerWorkspace &workspace);
    void endStream(PendingAnswer &answer, ServerWorkspace &workspace);
    /// The rest of the body cannot be made: the connection must end without the end of the body, so that the client can tell.
    void breakStream(PendingAnswer &answer) noexcept;

    /// The request, if there is the beginning of one, does not arrive in time.
    void refuseSlow(ServerWorkspace &workspace);
    /// Nothing further is read, and the last answer says so.
    void stopReading() noexcept { _isInputOver = true; }
    /// Once the input is over: forgets what is held of it.
    void dropInput(ServerWorkspace &workspace) noexcept;
    /// Forgets all answers that are due: the connection has gone.
    void abandon() noexcept;

    /// Requests that are not answered in full.
    [[nodiscard]] std::size_t unanswered() const noexcept { return _unanswered; }
    [[nodiscard]] bool isInputOver() const noexcept { return _isInputOver; }
    /// The head of a request has begun, or its body.
    [[nodiscard]] bool isInsideHead() const noexcept { return _isBegun && !_partial->parser.isHeadComplete(); }
    [[nodiscard]] bool isInsideBody() const noexcept { return _isBegun && _partial->parser.isHeadComplete(); }
    /// Counts the requests that did not come in one piece; wraps around.
    [[nodiscard]] std::uint32_t requestsHeld() const noexcept { return _requestsHeld; }
    /// All answers are written, and there will be no more: close once they are sent.
    [[nodiscard]] bool isOver() const noexcept { return _isOutputOver || (_isInputOver && _answers.isEmpty()); }
    /// Closed in this moment, with or without output that the peer has not taken, an answer would look whole and lack its end: HTTP/1.0
    /// knows no chunks, and its streams end with the connection.
    [[nodiscard]] bool wouldLookWhole(bool hasUnsent) const noexcept {
        return _untilClose == UntilClose::OPEN || (_untilClose == UntilClose::ENDED && hasUnsent);
    }

private:
    enum class UntilClose : std::uint8_t { NO, OPEN, ENDED };
    using Answers = IntrusiveList<PendingAnswer, &PendingAnswer::hook>;

    Event nextInPlace(std::span<char> &input, ServerWorkspace &workspace);
    Event nextHeld(ServerWorkspace &workspace);
    Event nextPart(std::span<char> &input, ServerWorkspace &workspace);
    Event deliver(RequestParser &parser, Event event) noexcept;
    Event refuse(Refusal refusal, RequestParser &parser, ServerWorkspace &workspace);
    void keep(RequestParser &parser, std::span<char const> bytes, ServerWorkspace &workspace);
    void releasePartial(ServerWorkspace &workspace) noexcept;
    void append(HttpResponse &&response, ServerWorkspace &workspace);
    void write(HttpResponse const &response, AnswerTraits traits, bool isLast, ServerWorkspace &workspace);
    void writeFront(ServerWorkspace &workspace);
    void beginStream(PendingAnswer &answer, ServerWorkspace &workspace);
    void retire(PendingAnswer &answer) noexcept;
    void writeContinueIfDue(ServerWorkspace &workspace);
    [[nodiscard]] bool isLastAnswer(PendingAnswer const &answer) const noexcept;

    Answers _answers;                         // of requests that were deferred, or came behind one that was
    std::unique_ptr<PartialRequest> _partial; // nullptr: nothing is kept, as on any idle connection
    RequestMessage *_message{nullptr};
    PendingAnswer *_partsAnswer{nullptr}; // of the request whose body is read in parts
    std::string_view _part;
    std::uint32_t _unanswered{0};
    std::uint32_t _requestsHeld{0};
    AnswerTraits _traits; // of the request that came last
    Refusal _refusal{Refusal::NONE};
    std::uint8_t _emptyLines{0};    // in front of the next request, in reads of their own
    bool _isBegun{false};           // what is held is a request whose beginning the parser knows
    bool _isLookedAt{false};        // … and nothing has been added since
    bool _isBodyOutstanding{false}; // between HEAD and the end of that body
    bool _isInParts{false};
    bool _isContinueOwed{false};
    bool _isInputOver{false};
    bool _isOutputOver{false};
    UntilClose _untilClose{UntilClose::NO}; // the stream that ends with the connection
};

} // namespace Ichor::Detail
