#pragma once

#include <ichor/base/Expected.h>
#include <ichor/coroutines/Task.h>
#include <ichor/services/http/HttpError.h>
#include <ichor/services/http/HttpMethod.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace Ichor {

namespace Detail {
struct RequestMessage;
struct RouteMatch;
class RequestBodyChannel;
} // namespace Detail

/// A request as its handler sees it: views of the bytes that arrived.
///
/// Threads:   the host's own
/// Lifetime:  all views are valid until a plain handler returns, or a coroutine handler has ended, whatever it waited for
class HttpRequest {
public:
    HttpRequest(Detail::RequestMessage &message, Detail::RouteMatch const *match, Detail::RequestBodyChannel *body = nullptr) noexcept
        : _message(&message), _match(match), _channel(body) {}
    HttpRequest(HttpRequest const &) = delete;
    HttpRequest &operator=(HttpRequest const &) = delete;

    [[nodiscard]] HttpMethod method() const noexcept;

    /// The request target as it was sent.
    [[nodiscard]] std::string_view target() const noexcept;

    /// The path: percent-decoded, but for "%2F", and free of dot segments.
    [[nodiscard]] std::string_view path() const noexcept;

    /// What stands behind the '?', as it was sent.
    [[nodiscard]] std::string_view queryString() const noexcept;

    /// The first value of that name in the query, percent-decoded and with '+' as a space; "" for a name without a '='.
    [[nodiscard]] std::optional<std::string_view> query(std::string_view name) const;

    /// What the path holds in place of `{name}` in the route's pattern, or behind the prefix for "*"; empty for any other name.
    [[nodiscard]] std::string_view param(std::string_view name) const noexcept;

    /// The first header field of that name, without regard to case.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
    [[nodiscard]] std::size_t headerCount() const noexcept;
    /// Name and value of the header field at that place, in the order in which they were sent.
    [[nodiscard]] std::pair<std::string_view, std::string_view> headerAt(std::size_t index) const noexcept;

    /// The host that the client asked, from the target or the Host field: "example.org:8080".
    [[nodiscard]] std::string_view host() const noexcept;

    /// 1 for HTTP/1.1 and what calls itself higher, 0 for HTTP/1.0.
    [[nodiscard]] unsigned minorVersion() const noexcept;

    /// The whole body, decoded; empty when the route takes the body in parts.
    [[nodiscard]] std::string_view body() const noexcept;
    [[nodiscard]] std::span<std::uint8_t const> bodyBytes() const noexcept;

    /// The next part of the body of a route with HttpBodyMode::STREAMED; empty at its end. While nobody asks, the peer is not read from.
    ///
    /// Waits:     suspends until there is more
    /// Lifetime:  the view is valid until the next part is asked for
    /// Errors:    CLOSED, TIMEOUT, PROTOCOL or TOO_LARGE when the rest will not come; CANCELLED
    [[nodiscard]] Task<Expected<std::string_view, HttpError>> nextPart();

private:
    Detail::RequestMessage *_message;
    Detail::RouteMatch const *_match;
    Detail::RequestBodyChannel *_channel; // nullptr: the body is whole
    bool _isBodyTaken{false};
};

} // namespace Ichor
