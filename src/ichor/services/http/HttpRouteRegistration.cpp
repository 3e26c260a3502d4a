#include <ichor/services/http/HttpRouteRegistration.h>

#include "RouteTable.h"

#include <utility>

namespace Ichor {

HttpRouteRegistration::HttpRouteRegistration(Detail::Route &route) noexcept : _route(&route) { Detail::RouteRef::acquire(route); }

HttpRouteRegistration::HttpRouteRegistration(HttpRouteRegistration &&other) noexcept : _route(std::exchange(other._route, nullptr)) {}

HttpRouteRegistration &HttpRouteRegistration::operator=(HttpRouteRegistration &&other) noexcept {
    if (this == &other) return *this;
    reset();
    _route = std::exchange(other._route, nullptr);
    return *this;
}

HttpRouteRegistration::~HttpRouteRegistration() { reset(); }

void HttpRouteRegistration::reset() noexcept {
    // The handler may own this very registration, and goes with the last share.
    Detail::Route *const route = std::exchange(_route, nullptr);
    if (route == nullptr) return;
    if (route->table() != nullptr) route->table()->remove(*route);
    Detail::RouteRef::release(*route);
}

bool HttpRouteRegistration::isActive() const noexcept { return _route != nullptr && _route->table() != nullptr; }

std::string_view HttpRouteRegistration::pattern() const noexcept { return _route == nullptr ? std::string_view() : _route->pattern(); }

} // namespace Ichor
