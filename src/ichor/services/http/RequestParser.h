#pragma once

#include "ChunkedDecoder.h"
#include "FieldMeaning.h"
#include "Refusal.h"
#include "RequestMessage.h"

#include <ichor/services/http/HttpLimits.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace Ichor::Detail {

/// A strict parser of requests. It reads a message where it lies, copies nothing but what percent-decoding changes, and allocates nothing
/// once it has seen a request of the usual size. It stops at any byte and goes on when it is shown the message again with more of it.
///
/// Threads:   one at a time
/// Source:    RFC 9110, RFC 9112
class RequestParser {
public:
    enum class Result : std::uint8_t {
        NEED_MORE, // keep `bytesToKeep()` bytes, add what comes behind them, and show it all
        HEAD,      // the head is complete, the body is not; said once
        COMPLETE,  // `message()` is whole and `bytesToKeep()` bytes long
        REFUSED,   // `refusal()` says why
    };

    struct Part {
        std::string_view bytes; // of the body
        std::size_t consumed;   // of the data
        Result result;          // NEED_MORE, COMPLETE or REFUSED
    };

    explicit RequestParser(HttpLimits const &limits) noexcept : _limits(&limits) {}

    /// Looks at all bytes that there are from the first one of a message on. The bytes of a chunked body are moved together.
    [[nodiscard]] Result parse(char *data, std::size_t size);

    /// After HEAD: the body is to be read in parts instead. Takes what has come of it from the bytes that parse() was shown and kept.
    [[nodiscard]] Part beginParts(char *data, std::size_t size) noexcept;

    /// After beginParts(): the next part. The data begins where the last one ended; the part lies in it.
    [[nodiscard]] Part parsePart(char *data, std::size_t size) noexcept;

    /// After COMPLETE: how many of the bytes shown belong to this message. After NEED_MORE: how many still matter.
    [[nodiscard]] std::size_t bytesToKeep() const noexcept { return _keep; }

    [[nodiscard]] RequestMessage &message() noexcept { return _message; }
    [[nodiscard]] Refusal refusal() const noexcept { return _refusal; }
    [[nodiscard]] bool isHeadComplete() const noexcept { return _state >= State::BODY; }

    /// Ready for the next message.
    void clear() noexcept;

    /// Empty lines in front of the message; those that came in earlier reads, and were not kept, count too.
    [[nodiscard]] std::uint8_t emptyLines() const noexcept { return _emptyLines; }
    void addEmptyLines(std::uint8_t count) noexcept { _emptyLines = static_cast<std::uint8_t>(_emptyLines + count); }

private:
    enum class State : std::uint8_t { LEADING_LINES, START_LINE, FIELDS, BODY, DONE };
    enum class Step : std::uint8_t { DONE, NEED_MORE, REFUSED };

    [[nodiscard]] Step parseHead(char const *data, std::size_t size);
    [[nodiscard]] Step skipLeadingLines(char const *data, std::size_t size) noexcept;
    [[nodiscard]] Step parseStartLine(char const *data, std::size_t size);
    [[nodiscard]] Step parseMethod(char const *data, char const *&at, char const *end) noexcept;
    [[nodiscard]] Step parseTarget(char const *data, char const *&at, char const *end);
    [[nodiscard]] Step parseVersion(char const *&at, char const *end) noexcept;
    [[nodiscard]] Step parseFields(char const *data, std::size_t size);
    [[nodiscard]] Step parseField(char const *data, char const *&at, char const *end);
    [[nodiscard]] Step parseLineEnd(char const *&at, char const *end) noexcept;
    [[nodiscard]] Step concludeHead(std::size_t size) noexcept;
    [[nodiscard]] Result parseBody(char *data, std::size_t size) noexcept;
    [[nodiscard]] Step refuse(Refusal refusal) noexcept {
        _refusal = refusal;
        return Step::REFUSED;
    }

    HttpLimits const *_limits;
    RequestMessage _message;
    FieldMeaning _meaning;
    ChunkedDecoder _chunked;
    std::size_t _at{0}; // where to go on: the beginning of a line of the head, or of what is unread of the body
    std::size_t _keep{0};
    std::uint64_t _bodyLeft{0}; // of a body with a length, when it is read in parts
    std::uint8_t _emptyLines{0};
    State _state{State::LEADING_LINES};
    Refusal _refusal{Refusal::NONE};
    bool _isHeadReported{false};
};

} // namespace Ichor::Detail
