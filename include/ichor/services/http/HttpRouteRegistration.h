#pragma once

#include <string_view>

namespace Ichor {

namespace Detail {
class Route;
}

/// Keeps one route served: when it goes, so does the route. Requests that run for it at that moment are still answered.
///
/// Threads:   the host's own
/// Lifetime:  may outlive the host; a default-constructed one holds nothing
class HttpRouteRegistration {
public:
    HttpRouteRegistration() noexcept = default;
    HttpRouteRegistration(HttpRouteRegistration &&other) noexcept;
    HttpRouteRegistration &operator=(HttpRouteRegistration &&other) noexcept;
    ~HttpRouteRegistration();

    /// Takes the route down now.
    void reset() noexcept;

    /// Whether the route is served: the host, and the service that added it, are there.
    [[nodiscard]] bool isActive() const noexcept;
    [[nodiscard]] std::string_view pattern() const noexcept;

    /// For hosts: takes a share of the route.
    explicit HttpRouteRegistration(Detail::Route &route) noexcept;

private:
    Detail::Route *_route{nullptr}; // one share of it
};

} // namespace Ichor
