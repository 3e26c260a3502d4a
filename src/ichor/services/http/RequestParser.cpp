#include "RequestParser.h"

#include "CharacterScan.h"
#include "RequestTarget.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace Ichor::Detail {

namespace {

// RFC 9112 section 2.2: an empty line or so in front of a request is passed over, for clients that send one behind a body.
constexpr std::uint8_t MAXIMUM_LEADING_LINES = 4;

// Longer than any method that is registered; what goes on beyond is one that is not implemented, wherever it may end.
constexpr std::ptrdiff_t MAXIMUM_METHOD_SIZE = 32;

TextRange rangeOf(char const *data, char const *from, char const *to) noexcept {
    return {static_cast<std::uint32_t>(from - data), static_cast<std::uint32_t>(to - from)};
}

} // namespace

void RequestParser::clear() noexcept {
    _message.clear();
    _meaning.clear();
    _chunked.clear();
    _at = _keep = 0;
    _bodyLeft = 0;
    _emptyLines = 0;
    _state = State::LEADING_LINES;
    _refusal = Refusal::NONE;
    _isHeadReported = false;
}

RequestParser::Result RequestParser::parse(char *data, std::size_t size) {
    if (_state < State::BODY) {
        switch (parseHead(data, size)) {
        case Step::NEED_MORE:
            _keep = size;
            // Only empty lines so far: they are no beginning of anything that would have to be kept, or waited for.
            if (_state == State::LEADING_LINES && _at == size) _keep = _at = 0;
            return Result::NEED_MORE;
        case Step::REFUSED: return Result::REFUSED;
        case Step::DONE: break;
        }
    }
    _message.base = data;
    Result const result = parseBody(data, size);
    if (result != Result::NEED_MORE || _isHeadReported) return result;
    _isHeadReported = true;
    return Result::HEAD;
}

RequestParser::Step RequestParser::parseHead(char const *data, std::size_t size) {
    // Nothing beyond the limit is looked at, so that the verdict does not depend on how the bytes come.
    std::size_t const visible = std::min<std::size_t>(size, _limits->headerBytes);
    Step step = Step::DONE;
    if (_state == State::LEADING_LINES) step = skipLeadingLines(data, visible);
    if (step == Step::DONE && _state == State::START_LINE) step = parseStartLine(data, visible);
    if (step == Step::DONE) step = parseFields(data, visible);
    if (step == Step::NEED_MORE && visible == _limits->headerBytes) return refuse(Refusal::HEADER_TOO_LARGE);
    return step;
}

RequestParser::Step RequestParser::skipLeadingLines(char const *data, std::size_t size) noexcept {
    while (_at != size && data[_at] == '\r') {
        if (size - _at == 1) return Step::NEED_MORE;
        if (data[_at + 1] != '\n') return refuse(Refusal::LINE_END_MALFORMED);
        if (++_emptyLines > MAXIMUM_LEADING_LINES) return refuse(Refusal::METHOD_MALFORMED);
        _at += 2;
    }
    if (_at == size) return Step::NEED_MORE;
    _state = State::START_LINE;
    return Step::DONE;
}

RequestParser::Step RequestParser::parseStartLine(char const *data, std::size_t size) {
    char const *at = data + _at;
    char const *const end = data + size;
    if (Step const step = parseMethod(data, at, end); step != Step::DONE) return step;
    if (Step const step = parseTarget(data, at, end); step != Step::DONE) return step;
    if (Step const step = parseVersion(at, end); step != Step::DONE) return step;
    if (Step const step = parseLineEnd(at, end); step != Step::DONE) return step;
    _at = static_cast<std::size_t>(at - data);
    _state = State::FIELDS;
    return Step::DONE;
}

RequestParser::Step RequestParser::parseMethod(char const *, char const *&at, char const *end) noexcept {
    char const *const begin = at;
    while (at != end && isOf(*at, TOKEN)) ++at;
    if (at - begin > MAXIMUM_METHOD_SIZE) return refuse(Refusal::METHOD_UNKNOWN); // RFC 9112 section 3
    if (at == end) return Step::NEED_MORE;
    if (*at != ' ' || at == begin) return refuse(Refusal::METHOD_MALFORMED);
    auto const method = parseHttpMethod({begin, static_cast<std::size_t>(at - begin)});
    // CONNECT would make us a tunnel, which no route can be.
    if (!method || *method == HttpMethod::connect) return refuse(Refusal::METHOD_UNKNOWN);
    _message.head.method = *method;
    ++at;
    return Step::DONE;
}

RequestParser::Step RequestParser::parseTarget(char const *data, char const *&at, char const *end) {
    char const *const begin = at;
    unsigned seen = 0;
    for (; at != end; ++at) {
        unsigned const classes = CHARACTER_CLASSES[static_cast<unsigned char>(*at)];
        if ((classes & TARGET) == 0) break;
        seen |= classes;
    }
    if (at - begin > static_cast<std::ptrdiff_t>(_limits->uriBytes)) return refuse(Refusal::TARGET_TOO_LONG);
    if (at == end) {
        // Nothing behind the header's limit is looked at: a target that reaches it is what is too long.
        bool const isAtLimit = at != begin && at - data == static_cast<std::ptrdiff_t>(_limits->headerBytes);
        return isAtLimit ? refuse(Refusal::TARGET_TOO_LONG) : Step::NEED_MORE;
    }
    if (*at != ' ' || at == begin) return refuse(*at == '\r' && at != begin ? Refusal::VERSION_MALFORMED : Refusal::TARGET_MALFORMED);
    if (Refusal const refusal = readTarget(data, rangeOf(data, begin, at), (seen & TARGET_MARK) == 0, _message.head);
        refusal != Refusal::NONE) {
        return refuse(refusal);
    }
    ++at;
    return Step::DONE;
}

RequestParser::Step RequestParser::parseVersion(char const *&at, char const *end) noexcept {
    constexpr std::string_view NAME = "HTTP/";
    constexpr std::size_t SIZE = NAME.size() + 3;
    std::string_view const text(at, std::min(static_cast<std::size_t>(end - at), SIZE));
    if (!text.substr(0, NAME.size()).starts_with(NAME.substr(0, text.size()))) return refuse(Refusal::VERSION_MALFORMED);
    if (text.size() > 5 && !isDigit(text[5])) return refuse(Refusal::VERSION_MALFORMED);
    if (text.size() > 6 && text[6] != '.') return refuse(Refusal::VERSION_MALFORMED);
    if (text.size() < SIZE) return Step::NEED_MORE;
    if (!isDigit(text[7])) return refuse(Refusal::VERSION_MALFORMED);
    if (text[5] != '1') return refuse(Refusal::VERSION_UNSUPPORTED);
    _message.head.minorVersion = text[7] == '0' ? 0 : 1; // RFC 9110 section 6.2: a higher one is understood as the highest that we speak
    at += SIZE;
    return Step::DONE;
}

RequestParser::Step RequestParser::parseFields(char const *data, std::size_t size) {
    char const *const end = data + size;
    for (;;) {
        char const *at = data + _at;
        if (at == end) return Step::NEED_MORE;
        if (*at == '\r') {
            if (Step const step = parseLineEnd(at, end); step != Step::DONE) return step;
            return concludeHead(static_cast<std::size_t>(at - data));
        }
        if (Step const step = parseField(data, at, end); step != Step::DONE) return step;
        _at = static_cast<std::size_t>(at - data);
    }
}

RequestParser::Step RequestParser::parseField(char const *data, char const *&at, char const *end) {
    char const *const nameBegin = at;
    at = findTokenEnd(at, end);
    if (at == end) return Step::NEED_MORE;
    if (*at != ':' || at == nameBegin) {
        bool const isFold = at == nameBegin && (*at == ' ' || *at == '\t');
        return refuse(isFold ? Refusal::FIELD_FOLDED : Refusal::FIELD_NAME_MALFORMED);
    }
    char const *const nameEnd = at++;
    while (at != end && (*at == ' ' || *at == '\t')) ++at;
    char const *const valueBegin = at;
    at = findControl(at, end);
    while (at != end && *at == '\t') at = findControl(at + 1, end);
    if (at == end) return Step::NEED_MORE;
    char const *valueEnd = at;
    if (*at != '\r') return refuse(*at == '\n' ? Refusal::LINE_END_MALFORMED : Refusal::FIELD_VALUE_MALFORMED);
    if (Step const step = parseLineEnd(at, end); step != Step::DONE) return step;
    while (valueEnd != valueBegin && (valueEnd[-1] == ' ' || valueEnd[-1] == '\t')) --valueEnd;

    RequestHead &head = _message.head;
    if (head.fields.size() == _limits->headerCount) return refuse(Refusal::HEADER_TOO_LARGE);
    FieldRange const field{rangeOf(data, nameBegin, nameEnd), rangeOf(data, valueBegin, valueEnd)};
    Refusal const refusal = _meaning.read({nameBegin, field.name.size}, {valueBegin, field.value.size}, field.value, head);
    if (refusal != Refusal::NONE) return refuse(refusal);
    head.fields.push_back(field);
    return Step::DONE;
}

RequestParser::Step RequestParser::parseLineEnd(char const *&at, char const *end) noexcept {
    if (at == end) return Step::NEED_MORE;
    if (*at != '\r') return refuse(Refusal::LINE_END_MALFORMED);
    if (end - at == 1) return Step::NEED_MORE;
    if (at[1] != '\n') return refuse(Refusal::LINE_END_MALFORMED);
    at += 2;
    return Step::DONE;
}

RequestParser::Step RequestParser::concludeHead(std::size_t size) noexcept {
    RequestHead &head = _message.head;
    if (Refusal const refusal = _meaning.conclude(head); refusal != Refusal::NONE) return refuse(refusal);
    if (head.contentLength > _limits->bodyBytes) return refuse(Refusal::BODY_TOO_LARGE);
    head.size = static_cast<std::uint32_t>(size);
    _at = _message.bodyAt = size;
    _bodyLeft = head.contentLength;
    _state = State::BODY;
    return Step::DONE;
}

RequestParser::Result RequestParser::parseBody(char *data, std::size_t size) noexcept {
    RequestMessage &message = _message;
    if (message.head.isChunked) {
        char *const out = data + message.bodyAt + message.bodySize;
        auto const progress = _chunked.decode(data + _at, size - _at, out, *_limits);
        message.bodySize += progress.produced;
        _at += progress.consumed;
        if (progress.refusal != Refusal::NONE) {
            _refusal = progress.refusal;
            return Result::REFUSED;
        }
        if (!progress.isComplete) {
            // The framing has been read and is no longer needed: what comes next is put directly behind the body so far.
            _keep = _at = message.bodyAt + message.bodySize;
            return Result::NEED_MORE;
        }
        _keep = _at;
    } else {
        std::uint64_t const whole = message.bodyAt + message.head.contentLength;
        if (size < whole) {
            _keep = size;
            return Result::NEED_MORE;
        }
        message.bodySize = static_cast<std::size_t>(message.head.contentLength);
        _keep = static_cast<std::size_t>(whole);
    }
    _state = State::DONE;
    return Result::COMPLETE;
}

RequestParser::Part RequestParser::beginParts(char *data, std::size_t size) noexcept {
    char *const body = data + _message.bodyAt;
    std::size_t part = std::exchange(_message.bodySize, 0); // a chunked body's beginning has been decoded already
    if (!_message.head.isChunked) {
        part = size - _message.bodyAt;
        _bodyLeft -= part;
    }
    return {{body, part}, size, Result::NEED_MORE};
}

RequestParser::Part RequestParser::parsePart(char *data, std::size_t size) noexcept {
    if (!_message.head.isChunked) {
        auto const part = static_cast<std::size_t>(std::min<std::uint64_t>(_bodyLeft, size));
        _bodyLeft -= part;
        return {{data, part}, part, _bodyLeft == 0 ? Result::COMPLETE : Result::NEED_MORE};
    }
    auto const progress = _chunked.decode(data, size, data, *_limits);
    _refusal = progress.refusal;
    Result result = progress.isComplete ? Result::COMPLETE : Result::NEED_MORE;
    if (_refusal != Refusal::NONE) result = Result::REFUSED;
    return {{data, progress.produced}, progress.consumed, result};
}

} // namespace Ichor::Detail
