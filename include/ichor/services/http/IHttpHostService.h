#pragma once

#include <ichor/services/http/HttpHandler.h>
#include <ichor/services/http/HttpMethod.h>
#include <ichor/services/http/HttpRouteRegistration.h>

#include <cstdint>
#include <string_view>

namespace Ichor {

/// Answers requests over HTTP/1.1 by the routes that services add.
///
/// Threads:   the manager's own
class IHttpHostService {
public:
    virtual ~IHttpHostService() = default;

    /// Serves a method of a path. The pattern is an exact path, with `{name}` for a whole segment, and `*` or `{name*}` as the last one for
    /// the rest of the path. More exact patterns go before. GET answers HEAD as well; OPTIONS and 405 are answered with what is allowed.
    ///
    /// The handler runs for the service that requires this host: its coroutines belong to that service's scope, and the route ends with
    /// it, or with the registration. A plain handler sees the request where it was received; a coroutine has a copy of it, and may wait.
    /// When the client goes away meanwhile, the coroutine runs to its end and its answer is dropped.
    ///
    /// Errors:    throws std::invalid_argument when the pattern is malformed or served already
    [[nodiscard]] virtual HttpRouteRegistration addRoute(HttpMethod method, std::string_view pattern, HttpHandler handler,
                                                         HttpBodyMode mode = HttpBodyMode::WHOLE) = 0;

    /// The port that it listens on; 0 while it does not. With the property Port at 0, one that was free.
    [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
};

} // namespace Ichor
