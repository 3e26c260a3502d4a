#pragma once

#include "Route.h"

#include <ichor/dependency_management/IService.h>
#include <ichor/services/http/HttpHandler.h>

#include <string>
#include <utility>

namespace Ichor::Detail {

/// A route of a service.
class HttpRoute final : public Route {
public:
    HttpRoute(HttpMethod method, std::string pattern, IService &owner, HttpHandler handlerOfRoute, HttpBodyMode mode)
        : Route(method, std::move(pattern)), service(owner), handler(std::move(handlerOfRoute)), bodyMode(mode) {}

    IService &service; // whose coroutines the handler's belong to; it is there as long as the route is in a table, or one of them runs
    HttpHandler handler;
    HttpBodyMode bodyMode;
};

} // namespace Ichor::Detail
