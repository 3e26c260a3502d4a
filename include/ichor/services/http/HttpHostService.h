#pragma once

#include <ichor/base/Containers.h>
#include <ichor/base/Time.h>
#include <ichor/dependency_management/AdvancedService.h>
#include <ichor/dependency_management/DependencyRegister.h>
#include <ichor/dependency_management/PerRequester.h>
#include <ichor/services/http/IHttpHostService.h>

#include <cstddef>
#include <memory>

namespace Ichor {

namespace Detail {
class HttpServer;
class RouteRef;
} // namespace Detail

/// Provides IHttpHostService: listens on Address and Port, and answers by the routes of the services that require it. For its other
/// properties see HttpHostConfig.h and HttpLimits.h. Runs on every queue that can watch descriptors.
///
/// With one manager a thread, each with a host of the same Port and ReusePort set, the kernel spreads the connections over them.
///
/// Threads:   the manager's own
/// Errors:    start() fails for a property that makes no sense and for an address that cannot be listened on, and names it
/// Example:   examples/pong/main.cpp
class HttpHostService final : public IHttpHostService, public PerRequester<IHttpHostService>, public AdvancedService<HttpHostService> {
public:
    HttpHostService(DependencyRegister &, Properties properties);
    ~HttpHostService() override;

    /// A route of the host itself, for those who came by it without being a service that requires it.
    [[nodiscard]] HttpRouteRegistration addRoute(HttpMethod method, std::string_view pattern, HttpHandler handler,
                                                 HttpBodyMode mode = HttpBodyMode::WHOLE) override;
    [[nodiscard]] std::uint16_t port() const noexcept override;

    /// Open connections.
    [[nodiscard]] std::size_t connectionCount() const noexcept;

    IHttpHostService &instanceFor(IService &requester) override;
    void releaseFor(IService &requester) noexcept override;

private:
    class Requester;

    Task<Expected<void, StartError>> start() override;
    Task<void> stop() override;
    HttpRouteRegistration addRouteFor(IService &service, HttpMethod method, std::string_view pattern, HttpHandler handler,
                                      HttpBodyMode mode, Detail::RouteRef &route);

    std::unique_ptr<Detail::HttpServer> _server; // nullptr: not started
    UnorderedMap<ServiceId, std::unique_ptr<Requester>> _requesters;
    Duration _stopTimeout{};
};

} // namespace Ichor
