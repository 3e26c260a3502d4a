#pragma once

#include "HttpRoute.h"

#include <ichor/services/http/HttpResponse.h>

#include <exception>

namespace Ichor::Detail {

/// A handler threw: has that logged, with the names of route and service, and gives the answer for the client, which says no more than
/// that it failed.
[[nodiscard]] HttpResponse answerToFailure(HttpRoute const &route, std::exception_ptr error) noexcept;

/// The same where there is nothing left to answer.
void reportFailure(HttpRoute const &route, std::exception_ptr error) noexcept;

/// A handler answered with 1xx, which says that an answer will come, and is none.
[[nodiscard]] inline bool isInterim(HttpResponse const &response) noexcept { return toNumber(response.status()) < 200; }
[[nodiscard]] HttpResponse answerToInterim(HttpRoute const &route) noexcept;

/// The service whose handler or stream it would be is being stopped.
[[nodiscard]] inline HttpResponse answerOfStopping() noexcept {
    return HttpResponse::serviceUnavailable(HttpBody::ofConstant("the service is being stopped"));
}

} // namespace Ichor::Detail
