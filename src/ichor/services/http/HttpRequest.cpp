#include <ichor/services/http/HttpRequest.h>

#include "RequestBodyChannel.h"
#include "RequestMessage.h"
#include "RouteMatch.h"

namespace Ichor {

namespace {

// For a body that is there: one part, and then the end.
Task<Expected<std::string_view, HttpError>> wholeBody(HttpRequest &request, bool &isTaken) {
    bool const wasTaken = isTaken;
    isTaken = true;
    co_return wasTaken ? std::string_view() : request.body();
}

} // namespace

HttpMethod HttpRequest::method() const noexcept { return _message->head.method; }

std::string_view HttpRequest::target() const noexcept { return _message->view(_message->head.target); }

std::string_view HttpRequest::path() const noexcept { return _message->path(); }

std::string_view HttpRequest::queryString() const noexcept { return _message->view(_message->head.query); }

std::optional<std::string_view> HttpRequest::query(std::string_view name) const { return _message->queryFields.find(queryString(), name); }

std::string_view HttpRequest::param(std::string_view name) const noexcept {
    return _match == nullptr ? std::string_view() : _match->value(path(), name);
}

std::optional<std::string_view> HttpRequest::header(std::string_view name) const noexcept { return _message->field(name); }

std::size_t HttpRequest::headerCount() const noexcept { return _message->head.fields.size(); }

std::pair<std::string_view, std::string_view> HttpRequest::headerAt(std::size_t index) const noexcept {
    Detail::FieldRange const &field = _message->head.fields[index];
    return {_message->view(field.name), _message->view(field.value)};
}

std::string_view HttpRequest::host() const noexcept { return _message->view(_message->head.host); }

unsigned HttpRequest::minorVersion() const noexcept { return _message->head.minorVersion; }

std::string_view HttpRequest::body() const noexcept { return _message->body(); }

std::span<std::uint8_t const> HttpRequest::bodyBytes() const noexcept {
    std::string_view const all = body();
    return {reinterpret_cast<std::uint8_t const *>(all.data()), all.size()};
}

Task<Expected<std::string_view, HttpError>> HttpRequest::nextPart() {
    if (_channel != nullptr) return _channel->next();
    return wholeBody(*this, _isBodyTaken);
}

} // namespace Ichor
