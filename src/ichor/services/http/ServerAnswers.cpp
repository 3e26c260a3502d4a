#include "ServerProtocol.h"

#include <ichor/base/Contract.h>

#include <utility>

namespace Ichor::Detail {

namespace {

/// An answer that is there already, but has to wait for those before it.
class WaitingAnswer final : public PendingAnswer {
private:
    void onWritten() noexcept override { delete this; }
    void onStreamBegun() noexcept override {}
    void onConnectionGone() noexcept override { delete this; }
};

bool hasNoBody(HttpResponse const &response, AnswerTraits traits) noexcept {
    return traits.isHead || response.status() == HttpStatus::noContent || response.status() == HttpStatus::notModified;
}

} // namespace

void ServerProtocol::welcomeBody(ServerWorkspace &workspace) {
    bool const hasBegun = _partial->unreadSize() > _message->head.size || (_isInParts && !_part.empty());
    _isContinueOwed = _message->head.isContinueExpected && !hasBegun;
    writeContinueIfDue(workspace);
}

void ServerProtocol::writeContinueIfDue(ServerWorkspace &workspace) {
    if (!_isContinueOwed) return;
    // A body may have come to its end in parts, and the answer to it is still on its way.
    bool const isNext = _answers.isEmpty() || (_isInParts && &_answers.front() == _partsAnswer);
    if (!isNext) return;
    _isContinueOwed = false;
    workspace.output.append("HTTP/1.1 100 Continue\r\n\r\n");
}

void ServerProtocol::answer(HttpResponse &&response, ServerWorkspace &workspace) {
    if (_isBodyOutstanding) {
        // Without having read the body we cannot know where the next request begins.
        _isInputOver = true;
        _isBodyOutstanding = _isContinueOwed = false;
    }
    append(std::move(response), workspace);
}

void ServerProtocol::append(HttpResponse &&response, ServerWorkspace &workspace) {
    if (_answers.isEmpty()) return write(response, _traits, _isInputOver, workspace);
    auto waiting = std::make_unique<WaitingAnswer>();
    defer(*waiting);
    complete(*waiting.release(), std::move(response));
}

void ServerProtocol::defer(PendingAnswer &answer) noexcept {
    answer._traits = _traits;
    answer._state = PendingAnswer::State::OPEN;
    answer._response.reset();
    _answers.pushBack(answer);
    ++_unanswered;
    if (_isInParts) {
        _partsAnswer = &answer;
    } else if (_isBodyOutstanding) {
        _isInputOver = true;
        _isBodyOutstanding = _isContinueOwed = false;
    }
}

void ServerProtocol::complete(PendingAnswer &answer, HttpResponse &&response) noexcept {
    answer._response.emplace(std::move(response));
    answer._state = PendingAnswer::State::ANSWERED;
}

bool ServerProtocol::hasReady() const noexcept { return !_answers.isEmpty() && _answers.front()._state == PendingAnswer::State::ANSWERED; }

void ServerProtocol::writeReady(ServerWorkspace &workspace) {
    while (hasReady() && !_isOutputOver) writeFront(workspace);
    writeContinueIfDue(workspace);
}

bool ServerProtocol::isLastAnswer(PendingAnswer const &answer) const noexcept {
    return _isInputOver && &_answers.front() == &answer && &_answers.back() == &answer;
}

void ServerProtocol::writeFront(ServerWorkspace &workspace) {
    PendingAnswer &front = _answers.front();
    if (_partsAnswer == &front && _isInParts) {
        // It is answered before its body has come to an end, so nothing can follow.
        _isInputOver = true;
        _isInParts = _isContinueOwed = false;
    }
    if (front._response->isStream()) return beginStream(front, workspace);
    HttpResponse const response = std::move(*front._response);
    write(response, front._traits, isLastAnswer(front), workspace);
    retire(front);
}

void ServerProtocol::write(HttpResponse const &response, AnswerTraits traits, bool isLast, ServerWorkspace &workspace) {
    writeResponse(workspace.output, response, traits, isLast ? AfterAnswer::CLOSE : AfterAnswer::KEEP_OPEN, workspace.date);
    if (isLast) _isOutputOver = true;
}

void ServerProtocol::beginStream(PendingAnswer &answer, ServerWorkspace &workspace) {
    HttpResponse const &response = *answer._response;
    bool const isBodyless = hasNoBody(response, answer._traits);
    answer._framing = answer._traits.isOldVersion ? StreamFraming::UNTIL_CLOSE : StreamFraming::CHUNKED;
    if (answer._framing == StreamFraming::UNTIL_CLOSE) _isInputOver = true;
    auto const after = isLastAnswer(answer) ? AfterAnswer::CLOSE : AfterAnswer::KEEP_OPEN;
    writeStreamHead(workspace.output, response, answer._framing, after, workspace.date);
    answer._state = PendingAnswer::State::STREAMING;
    answer._isLast = after == AfterAnswer::CLOSE || answer._framing == StreamFraming::UNTIL_CLOSE;
    if (!isBodyless) {
        if (answer._framing == StreamFraming::UNTIL_CLOSE) _untilClose = UntilClose::OPEN;
        return answer.onStreamBegun();
    }
    if (answer._isLast) _isOutputOver = true;
    retire(answer);
}

void ServerProtocol::writePart(PendingAnswer &answer, std::string_view bytes, ServerWorkspace &workspace) {
    writeStreamPart(workspace.output, bytes, answer._framing);
}

void ServerProtocol::endStream(PendingAnswer &answer, ServerWorkspace &workspace) {
    writeStreamEnd(workspace.output, answer._framing);
    if (answer._framing == StreamFraming::UNTIL_CLOSE) _untilClose = UntilClose::ENDED;
    // Said or not: where the input has ended meanwhile, nobody waits for anything else.
    if (answer._isLast || isLastAnswer(answer)) _isOutputOver = true;
    retire(answer);
    writeReady(workspace);
}

void ServerProtocol::breakStream(PendingAnswer &answer) noexcept {
    _isInputOver = _isOutputOver = true;
    retire(answer);
}

void ServerProtocol::retire(PendingAnswer &answer) noexcept {
    if (_partsAnswer == &answer) _partsAnswer = nullptr;
    _answers.remove(answer);
    --_unanswered;
    answer.onWritten();
}

void ServerProtocol::refuseSlow(ServerWorkspace &workspace) {
    if (_isInputOver) return;
    if (!_isInParts) {
        refuse(Refusal::TOO_SLOW, _partial == nullptr ? workspace.parser : _partial->parser, workspace);
        return;
    }
    // Its handler is at work already, and answers for itself.
    _refusal = Refusal::TOO_SLOW;
    _isInputOver = true;
    _isInParts = false;
}

void ServerProtocol::abandon() noexcept {
    _isInputOver = _isOutputOver = true;
    _partsAnswer = nullptr;
    while (PendingAnswer *const answer = _answers.popFront()) {
        --_unanswered;
        answer->onConnectionGone();
    }
}

} // namespace Ichor::Detail
