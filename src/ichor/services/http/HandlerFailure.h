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

} // namespace Ichor::Detail
