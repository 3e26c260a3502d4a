#pragma once

#include <ichor/services/http/HttpMethod.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Ichor::Detail {

class RouteTable;

/// The most `{name}`s that one pattern may have.
inline constexpr std::size_t MAXIMUM_ROUTE_PARAMETERS = 8;

/// One method and pattern that is served; what serves it is up to whoever derives from this.
///
/// Threads:   the host's own
/// Lifetime:  counted by RouteRef: a route that is taken out of its table while one of its requests runs lives on until that has ended
class Route {
public:
    Route(HttpMethod method, std::string pattern) : _method(method), _pattern(std::move(pattern)) {}
    Route(Route const &) = delete;
    Route &operator=(Route const &) = delete;
    virtual ~Route() = default;

    [[nodiscard]] HttpMethod method() const noexcept { return _method; }
    [[nodiscard]] std::string_view pattern() const noexcept { return _pattern; }
    [[nodiscard]] std::vector<std::string> const &parameterNames() const noexcept { return _parameterNames; }

    /// nullptr: it is in no table, and answers no requests.
    [[nodiscard]] RouteTable *table() const noexcept { return _table; }

private:
    friend class RouteRef;
    friend RouteTable;

    HttpMethod _method;
    std::string _pattern;
    std::vector<std::string> _parameterNames; // in the order of the pattern; "*" for a wildcard without a name
    RouteTable *_table{nullptr};
    std::uint32_t _references{0};
};

/// One share of a route. Not atomic: routes never leave their thread.
class RouteRef {
public:
    RouteRef() noexcept = default;
    explicit RouteRef(Route *route) noexcept : _route(route) {
        if (_route != nullptr) acquire(*_route);
    }
    RouteRef(RouteRef const &other) noexcept : RouteRef(other._route) {}
    RouteRef(RouteRef &&other) noexcept : _route(std::exchange(other._route, nullptr)) {}
    RouteRef &operator=(RouteRef other) noexcept {
        std::swap(_route, other._route);
        return *this;
    }
    ~RouteRef() {
        if (_route != nullptr) release(*_route);
    }

    [[nodiscard]] Route *get() const noexcept { return _route; }
    [[nodiscard]] Route *operator->() const noexcept { return _route; }
    [[nodiscard]] explicit operator bool() const noexcept { return _route != nullptr; }

    /// For those who keep a share without this class.
    static void acquire(Route &route) noexcept { ++route._references; }
    static void release(Route &route) noexcept {
        if (--route._references == 0) delete &route;
    }

private:
    Route *_route{nullptr};
};

} // namespace Ichor::Detail
