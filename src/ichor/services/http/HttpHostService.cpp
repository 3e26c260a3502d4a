#include <ichor/services/http/HttpHostService.h>

#include "HttpRoute.h"
#include "HttpServer.h"

#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/WithTimeout.h>
#include <ichor/event_queues/IEventQueue.h>
#include <ichor/services/http/HttpHostConfig.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

namespace Ichor {

namespace {

// For coroutines that were cancelled: what they still have to do without waiting for anything.
constexpr Duration WIND_DOWN_TIMEOUT = std::chrono::seconds{1};

} // namespace

/// What one requester is given: its routes run for it and end with it.
class HttpHostService::Requester final : public IHttpHostService {
public:
    Requester(HttpHostService &host, IService &service) noexcept : _host(host), _service(service) {}
    ~Requester() override {
        // The registrations may live on with the requester; what they stand for ends here.
        for (Detail::RouteRef const &route : _routes) {
            if (route->table() != nullptr) route->table()->remove(*route.get());
        }
    }

    HttpRouteRegistration addRoute(HttpMethod method, std::string_view pattern, HttpHandler handler, HttpBodyMode mode) override {
        std::erase_if(_routes, [](Detail::RouteRef const &route) { return route->table() == nullptr; });
        _routes.emplace_back();
        try {
            return _host.addRouteFor(_service, method, pattern, std::move(handler), mode, _routes.back());
        } catch (...) {
            _routes.pop_back();
            throw;
        }
    }

    std::uint16_t port() const noexcept override { return _host.port(); }

    std::size_t uses{0}; // a service may be given it more than once

private:
    HttpHostService &_host;
    IService &_service;
    std::vector<Detail::RouteRef> _routes;
};

HttpHostService::HttpHostService(DependencyRegister &, Properties properties) : AdvancedService(std::move(properties)) {}
HttpHostService::~HttpHostService() = default;

std::uint16_t HttpHostService::port() const noexcept { return _server ? _server->port() : std::uint16_t{0}; }

std::size_t HttpHostService::connectionCount() const noexcept { return _server ? _server->connectionCount() : 0; }

Task<Expected<void, StartError>> HttpHostService::start() {
    auto config = HttpHostConfig::from(getProperties());
    if (!config) co_return fail(config.error());
    IEventQueue &queue = getEventQueue();
    if (queue.sockets() == nullptr)
        co_return fail("this kind of queue has no sockets: use a PriorityQueue, a BoostAsioQueue or an IOUringQueue");
    _stopTimeout = config->stopTimeout;
    auto server = std::make_unique<Detail::HttpServer>(queue, *queue.sockets(), *std::move(config), getServicePriority());
    if (auto listening = server->listen(); !listening) co_return fail(listening.error());
    _server = std::move(server);
    co_return Expected<void, StartError>{};
}

Task<void> HttpHostService::stop() {
    AsyncManualResetEvent drained;
    // Who waits for this may be cut off by a deadline of its own; the server goes with it then.
    std::unique_ptr<Detail::HttpServer> const server = std::move(_server);
    server->drain([&drained] { drained.set(); });
    if (co_await withTimeout(_stopTimeout, drained)) co_return;
    server->closeAll();
    (void)co_await withTimeout(WIND_DOWN_TIMEOUT, drained);
}

HttpRouteRegistration HttpHostService::addRoute(HttpMethod method, std::string_view pattern, HttpHandler handler, HttpBodyMode mode) {
    Detail::RouteRef route;
    return addRouteFor(*this, method, pattern, std::move(handler), mode, route);
}

HttpRouteRegistration HttpHostService::addRouteFor(IService &service, HttpMethod method, std::string_view pattern, HttpHandler handler,
                                                   HttpBodyMode mode, Detail::RouteRef &route) {
    if (_server == nullptr) throw std::logic_error("a route was added to a host that is not started");
    if (mode == HttpBodyMode::STREAMED && !handler.isCoroutine()) {
        throw std::invalid_argument("a handler that reads its body in parts must be a coroutine: it has to wait for them");
    }
    Detail::RouteRef added(new Detail::HttpRoute(method, std::string(pattern), service, std::move(handler), mode));
    _server->routes().add(added);
    route = added;
    return HttpRouteRegistration(*added.get());
}

IHttpHostService &HttpHostService::instanceFor(IService &requester) {
    ServiceId const id = requester.getServiceId();
    auto entry = _requesters.find(id);
    if (entry == _requesters.end()) entry = _requesters.emplace(id, std::make_unique<Requester>(*this, requester)).first;
    ++entry->second->uses;
    return *entry->second;
}

void HttpHostService::releaseFor(IService &requester) noexcept {
    auto const entry = _requesters.find(requester.getServiceId());
    if (entry != _requesters.end() && --entry->second->uses == 0) _requesters.erase(entry);
}

} // namespace Ichor
