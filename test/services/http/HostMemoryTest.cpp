#include "CountedMemory.h"
#include "HostFixture.h"
#include "Leftovers.h"
#include "RequestText.h"

#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/YieldNow.h>
#include <ichor/services/http/HttpBodyStream.h>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

constexpr std::size_t CONNECTIONS = 400;
constexpr std::size_t BODY_BYTES = 100'000;

AsyncGenerator<std::string> tenParts() {
    for (int i = 0; i < 10; ++i) {
        co_await yieldNow();
        co_yield std::string(10'000, 'x');
    }
}

void addRoutes(IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
    routes.push_back(host.addRoute(HttpMethod::get, "/page", [] { return HttpResponse::text(std::string(BODY_BYTES, 'x')); }));
    routes.push_back(host.addRoute(HttpMethod::post, "/", [](HttpRequest &request) -> Task<HttpResponse> {
        co_await yieldNow();
        co_return HttpResponse::text(std::to_string(request.body().size()));
    }));
    routes.push_back(host.addRoute(HttpMethod::get, "/stream", [] { return HttpResponse::stream(tenParts()); }));
}

/// Connections that have been used in every way, and are idle now.
void use(HostFixture &server, std::vector<TestClient> &clients) {
    std::string const large = postWith("Content-Length: " + std::to_string(BODY_BYTES) + "\r\n\r\n" + std::string(BODY_BYTES, 'x'));
    for (std::size_t i = 0; i < CONNECTIONS; ++i) {
        TestClient &client = clients.emplace_back(server.connect());
        if (i % 4 == 0) continue; // never used
        if (i % 4 == 1) {
            client.send(large);
            REQUIRE(client.readResponse().ends_with("\r\n\r\n" + std::to_string(BODY_BYTES)));
        } else if (i % 4 == 2) {
            client.send(getOf("/page"));
            REQUIRE(client.readResponse().size() > BODY_BYTES);
        } else {
            client.send(getOf("/stream"));
            while (client.received().find("\r\n0\r\n\r\n") == std::string::npos) REQUIRE(client.receive());
        }
        client.forget(); // what the client holds is not the host's
    }
    while (server.connectionCount() != CONNECTIONS) std::this_thread::yield();
}

} // namespace

TEST_CASE("Host: a connection that is idle holds less than 4 KiB, whatever it was used for", "[http]") {
    NoDescriptorLeft const check;
    HostFixture server(addRoutes);
    std::vector<TestClient> clients;
    clients.reserve(CONNECTIONS);
    use(server, clients); // what is kept for all connections together is there from here on
    clients.clear();
    REQUIRE(server.becomesEmpty());
    std::size_t const before = bytesInUse();
    use(server, clients);
    std::size_t const used = bytesInUse() - before;
    WARN("an idle connection holds " << used / CONNECTIONS << " bytes");
    CHECK(used / CONNECTIONS < 4096);
    CHECK(used < bytesInUse());
    clients.clear();
    CHECK(server.becomesEmpty());
    CHECK(bytesInUse() < before + used / 2);
}

TEST_CASE("Host: the memory of large requests that waited for their answers at the same time is freed after them", "[http]") {
    constexpr std::size_t REQUESTS = 40;
    constexpr std::size_t LARGE = 1'000'000;
    AsyncManualResetEvent gate; // the host's thread's
    std::size_t waiting = 0;
    HostFixture server([&](IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
        routes.push_back(host.addRoute(HttpMethod::post, "/", [&](HttpRequest &request) -> Task<HttpResponse> {
            ++waiting;
            co_await gate;
            co_return HttpResponse::text(std::to_string(request.body().size()));
        }));
    });
    std::size_t const before = bytesInUse();
    {
        std::string const large = postWith("Content-Length: " + std::to_string(LARGE) + "\r\n\r\n" + std::string(LARGE, 'x'));
        std::vector<TestClient> clients;
        for (std::size_t i = 0; i < REQUESTS; ++i) {
            clients.push_back(server.connect());
            clients.back().send(large);
        }
        while (server.onThread([&](DependencyManager &) { return waiting; }) != REQUESTS) std::this_thread::yield();
        server.onThread([&](DependencyManager &) { gate.set(); });
        for (TestClient &client : clients) CHECK(client.readResponse().ends_with("\r\n\r\n" + std::to_string(LARGE)));
    }
    REQUIRE(server.becomesEmpty());
    CHECK(bytesInUse() < before + REQUESTS * 32 * 1024);
}
