#include "ServerProtocol.h"

#include <utility>

namespace Ichor::Detail {

// What comes in. What goes out is in ServerAnswers.cpp.

ServerProtocol::~ServerProtocol() { abandon(); }

ServerProtocol::Event ServerProtocol::next(std::span<char> &input, ServerWorkspace &workspace) {
    if (_isInputOver) {
        input = {};
        dropInput(workspace);
        return Event::NEED_MORE;
    }
    if (_isInParts) return nextPart(input, workspace);
    if (_partial != nullptr && !_isBegun && _partial->unreadSize() == 0) releasePartial(workspace);
    if (_partial == nullptr) return nextInPlace(input, workspace);
    hold(input, workspace);
    return _isLookedAt ? Event::NEED_MORE : nextHeld(workspace);
}

void ServerProtocol::hold(std::span<char> &input, ServerWorkspace &workspace) {
    if (input.empty() || _isInputOver) return;
    if (_partial == nullptr) _partial = workspace.takePartial();
    _partial->bytes.insert(_partial->bytes.end(), input.begin(), input.end());
    _isLookedAt = false;
    input = {};
}

ServerProtocol::Event ServerProtocol::nextInPlace(std::span<char> &input, ServerWorkspace &workspace) {
    if (input.empty()) return Event::NEED_MORE;
    RequestParser &parser = workspace.parser;
    parser.clear();
    parser.addEmptyLines(_emptyLines);
    auto const result = parser.parse(input.data(), input.size());
    if (result == RequestParser::Result::COMPLETE) {
        input = input.subspan(parser.bytesToKeep());
        return deliver(parser, Event::REQUEST);
    }
    std::span<char> const kept = input.first(result == RequestParser::Result::REFUSED ? 0 : parser.bytesToKeep());
    input = {};
    if (result == RequestParser::Result::REFUSED) return refuse(parser.refusal(), parser, workspace);
    if (kept.empty()) {
        _emptyLines = parser.emptyLines();
        return Event::NEED_MORE;
    }
    keep(parser, kept, workspace);
    if (result == RequestParser::Result::NEED_MORE) return Event::NEED_MORE;
    return deliver(_partial->parser, Event::HEAD);
}

ServerProtocol::Event ServerProtocol::nextHeld(ServerWorkspace &workspace) {
    PartialRequest &partial = *_partial;
    if (!_isBegun) {
        partial.parser.clear();
        partial.parser.addEmptyLines(_emptyLines);
        ++_requestsHeld;
    }
    _isBegun = true;
    auto const result = partial.parser.parse(partial.unread(), partial.unreadSize());
    if (result == RequestParser::Result::REFUSED) return refuse(partial.parser.refusal(), partial.parser, workspace);
    if (result == RequestParser::Result::COMPLETE) {
        // The bytes stay where they are until the next call, so that the message can be looked at.
        partial.begin += partial.parser.bytesToKeep();
        _isBegun = false;
        return deliver(partial.parser, Event::REQUEST);
    }
    partial.bytes.resize(partial.begin + partial.parser.bytesToKeep());
    partial.bytes.erase(partial.bytes.begin(), partial.bytes.begin() + static_cast<std::ptrdiff_t>(partial.begin));
    partial.begin = 0;
    partial.parser.message().base = partial.bytes.data();
    _isLookedAt = true;
    if (partial.bytes.empty()) {
        _emptyLines = partial.parser.emptyLines();
        releasePartial(workspace);
    }
    return result == RequestParser::Result::HEAD ? deliver(partial.parser, Event::HEAD) : Event::NEED_MORE;
}

void ServerProtocol::keep(RequestParser &parser, std::span<char const> bytes, ServerWorkspace &workspace) {
    _partial = workspace.takePartial();
    _partial->bytes.assign(bytes.begin(), bytes.end());
    std::swap(_partial->parser, parser);
    _partial->parser.message().base = _partial->bytes.data();
    _isBegun = _isLookedAt = true;
    ++_requestsHeld;
}

void ServerProtocol::dropInput(ServerWorkspace &workspace) noexcept {
    _isInParts = _isContinueOwed = false;
    _part = {};
    releasePartial(workspace);
}

void ServerProtocol::releasePartial(ServerWorkspace &workspace) noexcept {
    _isBegun = _isLookedAt = false;
    if (_partial != nullptr) workspace.givePartial(std::move(_partial));
}

ServerProtocol::Event ServerProtocol::deliver(RequestParser &parser, Event event) noexcept {
    _message = &parser.message();
    _emptyLines = 0;
    RequestHead const &head = _message->head;
    _traits = {head.method == HttpMethod::head, head.minorVersion == 0};
    _isBodyOutstanding = event == Event::HEAD;
    if (event == Event::REQUEST) {
        _isContinueOwed = false;
        if (!head.isKeptAlive) _isInputOver = true;
    }
    return event;
}

ServerProtocol::Event ServerProtocol::refuse(Refusal refusal, RequestParser &parser, ServerWorkspace &workspace) {
    _refusal = refusal;
    _isInputOver = true;
    _isBodyOutstanding = _isContinueOwed = false;
    // However far it came: nobody who asks with HEAD expects a body.
    _traits = {parser.message().head.method == HttpMethod::head, false};
    append(HttpResponse::error(statusOf(refusal), HttpBody::ofConstant(describe(refusal))), workspace);
    return Event::REFUSED;
}

void ServerProtocol::readInParts() noexcept {
    auto const begun = _partial->parser.beginParts(_partial->unread(), _partial->unreadSize());
    _partial->begin = _partial->bytes.size();
    _part = begun.bytes;
    _isInParts = true;
}

ServerProtocol::Event ServerProtocol::nextPart(std::span<char> &input, ServerWorkspace &workspace) {
    if (!_part.empty() && _partsAnswer != nullptr && _isBodyOutstanding) {
        // What came together with the head.
        _isBodyOutstanding = false;
        return Event::PART;
    }
    _isBodyOutstanding = false;
    _part = {};
    PartialRequest &partial = *_partial;
    bool const isHeld = partial.unreadSize() != 0;
    std::span<char> const source = isHeld ? std::span<char>(partial.unread(), partial.unreadSize()) : input;
    if (source.empty()) return Event::NEED_MORE;
    _isContinueOwed = false;
    auto const part = partial.parser.parsePart(source.data(), source.size());
    if (isHeld) {
        partial.begin += part.consumed;
    } else {
        input = input.subspan(part.consumed);
    }
    if (part.result == RequestParser::Result::REFUSED) {
        _refusal = partial.parser.refusal();
        _isInputOver = true;
        return Event::REFUSED;
    }
    _part = part.bytes;
    if (part.result == RequestParser::Result::NEED_MORE) return _part.empty() ? nextPart(input, workspace) : Event::PART;
    _isInParts = _isBegun = false;
    if (!partial.parser.message().head.isKeptAlive) _isInputOver = true;
    return Event::PART;
}

} // namespace Ichor::Detail
