#pragma once

#include <ichor/base/Expected.h>
#include <ichor/coroutines/Task.h>
#include <ichor/services/http/HttpBody.h>
#include <ichor/services/http/HttpError.h>
#include <ichor/services/http/HttpHeaders.h>
#include <ichor/services/http/HttpMethod.h>
#include <ichor/services/http/HttpResponse.h>

#include <string>

namespace Ichor {

/// Sends requests over HTTP/1.1 to one server.
///
/// Threads:   the manager's own
class IHttpConnectionService {
public:
    virtual ~IHttpConnectionService() = default;

    /// Sends a request and gives what the server answers, whatever its status.
    ///
    /// Waits:     suspends until the response is there in full, for at most the property Timeout
    /// Errors:    HttpError; CANCELLED when the caller, or this service, is being stopped; PROTOCOL for CONNECT and a path that cannot be
    ///            sent
    [[nodiscard]] virtual Task<Expected<HttpResponse, HttpError>> send(HttpMethod method, std::string path, HttpHeaders headers = {},
                                                                       HttpBody body = {}) = 0;
};

} // namespace Ichor
