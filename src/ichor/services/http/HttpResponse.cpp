#include <ichor/services/http/HttpBodyStream.h>
#include <ichor/services/http/HttpResponse.h>

#include "Characters.h"

namespace Ichor {

HttpResponse::HttpResponse() noexcept = default;
HttpResponse::HttpResponse(HttpStatus status, HttpBody body) noexcept : _status(status), _body(std::move(body)) {}
HttpResponse::HttpResponse(HttpResponse &&) noexcept = default;
HttpResponse &HttpResponse::operator=(HttpResponse &&) noexcept = default;
HttpResponse::~HttpResponse() = default;

HttpResponse HttpResponse::of(std::string_view contentType, HttpBody &&body) noexcept {
    HttpResponse response;
    response._contentType = contentType;
    response._body = std::move(body);
    return response;
}

HttpResponse HttpResponse::text(HttpBody body) noexcept { return of("text/plain; charset=utf-8", std::move(body)); }
HttpResponse HttpResponse::html(HttpBody body) noexcept { return of("text/html; charset=utf-8", std::move(body)); }
HttpResponse HttpResponse::json(HttpBody body) noexcept { return of("application/json", std::move(body)); }

HttpResponse HttpResponse::created(std::string_view location) { return HttpResponse(HttpStatus::created).with("Location", location); }

HttpResponse HttpResponse::redirect(std::string_view location, HttpStatus status) {
    return HttpResponse(status).with("Location", location);
}

HttpResponse HttpResponse::error(HttpStatus status, HttpBody why) noexcept {
    HttpResponse response = text(std::move(why));
    response._status = status;
    return response;
}

HttpResponse HttpResponse::stream(HttpBodyStream body) {
    HttpResponse response;
    response._contentType = "application/octet-stream";
    response._stream = std::make_unique<HttpBodyStream>(std::move(body));
    return response;
}

HttpResponse &HttpResponse::setHeader(std::string_view name, std::string_view value) & {
    _headers.set(name, value);
    return *this;
}

HttpResponse &HttpResponse::addHeader(std::string_view name, std::string_view value) & {
    _headers.add(name, value);
    return *this;
}

HttpResponse &HttpResponse::setStatus(HttpStatus status) &noexcept {
    _status = status;
    return *this;
}

std::optional<std::string_view> HttpResponse::header(std::string_view name) const noexcept {
    if (auto value = _headers.get(name)) return value;
    if (!_contentType.empty() && Detail::equalsIgnoringCase(name, "Content-Type")) return _contentType;
    return std::nullopt;
}

std::string_view HttpResponse::contentType() const noexcept {
    return _headers.isEmpty() ? _contentType : _headers.get("Content-Type").value_or(_contentType);
}

std::unique_ptr<HttpBodyStream> HttpResponse::takeStream() noexcept { return std::move(_stream); }

} // namespace Ichor
