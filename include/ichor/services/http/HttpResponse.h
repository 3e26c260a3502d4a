#pragma once

#include <ichor/services/http/HttpBody.h>
#include <ichor/services/http/HttpHeaders.h>
#include <ichor/services/http/HttpStatus.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace Ichor {

class HttpBodyStream;

/// What a handler answers, and what a client is answered.
///
/// The host sets Date, Content-Length, Transfer-Encoding and Connection; what is given for those is not sent.
///
/// Example:   return HttpResponse::text("hello").with("Cache-Control", "no-store");
class HttpResponse {
public:
    /// 200 with an empty body.
    HttpResponse() noexcept;
    explicit HttpResponse(HttpStatus status, HttpBody body = {}) noexcept;
    HttpResponse(HttpResponse &&) noexcept;
    HttpResponse &operator=(HttpResponse &&) noexcept;
    ~HttpResponse();

    [[nodiscard]] static HttpResponse ok(HttpBody body = {}) noexcept { return HttpResponse(HttpStatus::ok, std::move(body)); }
    [[nodiscard]] static HttpResponse text(HttpBody body) noexcept;
    [[nodiscard]] static HttpResponse html(HttpBody body) noexcept;
    [[nodiscard]] static HttpResponse json(HttpBody body) noexcept;
    [[nodiscard]] static HttpResponse created(std::string_view location);
    [[nodiscard]] static HttpResponse noContent() noexcept { return HttpResponse(HttpStatus::noContent); }
    [[nodiscard]] static HttpResponse redirect(std::string_view location, HttpStatus status = HttpStatus::found);

    /// The status with a body of plain text that says why.
    [[nodiscard]] static HttpResponse error(HttpStatus status, HttpBody why = {}) noexcept;
    [[nodiscard]] static HttpResponse badRequest(HttpBody why = {}) noexcept { return error(HttpStatus::badRequest, std::move(why)); }
    [[nodiscard]] static HttpResponse unauthorized(HttpBody why = {}) noexcept { return error(HttpStatus::unauthorized, std::move(why)); }
    [[nodiscard]] static HttpResponse forbidden(HttpBody why = {}) noexcept { return error(HttpStatus::forbidden, std::move(why)); }
    [[nodiscard]] static HttpResponse notFound(HttpBody why = {}) noexcept { return error(HttpStatus::notFound, std::move(why)); }
    [[nodiscard]] static HttpResponse conflict(HttpBody why = {}) noexcept { return error(HttpStatus::conflict, std::move(why)); }
    [[nodiscard]] static HttpResponse internalServerError(HttpBody why = {}) noexcept {
        return error(HttpStatus::internalServerError, std::move(why));
    }
    [[nodiscard]] static HttpResponse serviceUnavailable(HttpBody why = {}) noexcept {
        return error(HttpStatus::serviceUnavailable, std::move(why));
    }

    /// A body that is made while it is sent: see HttpBodyStream.h.
    [[nodiscard]] static HttpResponse stream(HttpBodyStream body);

    /// Sets a header field, in place of any of that name.
    ///
    /// Errors:    throws std::invalid_argument when the name is no token
    HttpResponse &setHeader(std::string_view name, std::string_view value) &;
    /// Adds a header field beside those of that name: for those that may come several times, such as Set-Cookie.
    HttpResponse &addHeader(std::string_view name, std::string_view value) &;
    HttpResponse &setStatus(HttpStatus status) &noexcept;
    [[nodiscard]] HttpResponse &&with(std::string_view name, std::string_view value) && { return std::move(setHeader(name, value)); }
    [[nodiscard]] HttpResponse &&with(HttpStatus status) &&noexcept { return std::move(setStatus(status)); }

    [[nodiscard]] HttpStatus status() const noexcept { return _status; }
    [[nodiscard]] bool isSuccess() const noexcept { return Ichor::isSuccess(_status); }
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
    [[nodiscard]] HttpHeaders const &headers() const noexcept { return _headers; }
    [[nodiscard]] std::string_view contentType() const noexcept;
    [[nodiscard]] std::string_view body() const noexcept { return _body.view(); }
    [[nodiscard]] std::span<std::uint8_t const> bodyBytes() const noexcept { return _body.bytes(); }

    /// The body's stream, when it is one; nullptr otherwise, and once it has been taken.
    [[nodiscard]] bool isStream() const noexcept { return _stream != nullptr; }
    [[nodiscard]] std::unique_ptr<HttpBodyStream> takeStream() noexcept;

private:
    [[nodiscard]] static HttpResponse of(std::string_view contentType, HttpBody &&body) noexcept;

    HttpStatus _status{HttpStatus::ok};
    std::string_view _contentType; // constant text of ours; a Content-Type in _headers goes before it
    HttpHeaders _headers;
    HttpBody _body;
    std::unique_ptr<HttpBodyStream> _stream;
};

} // namespace Ichor
