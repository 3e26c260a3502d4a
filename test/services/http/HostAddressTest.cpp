#include "HostFixture.h"
#include "RequestText.h"

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

void addNoRoutes(IHttpHostService &, IService &, std::vector<HttpRouteRegistration> &) {}

/// Routes that tell which host it was.
HostFixture::AddRoutes answer(std::string name) {
    return [name](IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
        routes.push_back(host.addRoute(HttpMethod::get, "/", [name] { return HttpResponse::text(name); }));
    };
}

} // namespace

TEST_CASE("Host: an address that cannot be had is named by the error", "[http]") {
    HostFixture server(addNoRoutes);
    std::uint16_t const taken = server.port;
    auto const whyNot = [&server](Properties properties) {
        return server.onThread([&properties](DependencyManager &dm) {
            ServiceId const id = dm.createServiceManager<HttpHostService, IHttpHostService>(properties);
            return id;
        });
    };
    auto const explain = [&server](ServiceId id) {
        std::this_thread::sleep_for(20ms);
        return server.onThread([id](DependencyManager &dm) { return dm.explain(id).toString(); });
    };
    CHECK(explain(whyNot({{"Port", taken}})).find("cannot listen on 127.0.0.1:" + std::to_string(taken) + ": Address already in use") !=
          std::string::npos);
    CHECK(explain(whyNot({{"Address", "nowhere"}})).find("\"Address\"") != std::string::npos);
    CHECK(explain(whyNot({{"Port", 70'000}})).find("property \"Port\" is 70000 (int), but an integer from 0 to 65535 was expected") !=
          std::string::npos);
    CHECK(explain(whyNot({{"IdleTimeout", 0ms}})).find("\"IdleTimeout\"") != std::string::npos);
}

TEST_CASE("Host: several share a port when they say so", "[http]") {
    HostFixture first(addNoRoutes, {{"ReusePort", true}});
    std::uint16_t const port = first.port;
    ServiceId const id = first.onThread([port](DependencyManager &dm) {
        return dm.createServiceManager<HttpHostService, IHttpHostService>({{"Port", port}, {"ReusePort", true}}).getServiceId();
    });
    std::this_thread::sleep_for(20ms);
    CHECK(first.onThread([id](DependencyManager &dm) { return dm.getIService(id)->getServiceState() == ServiceState::ACTIVE; }));
}

TEST_CASE("Host: connections are spread over the managers whose hosts share a port, and each is answered", "[http]") {
    constexpr std::size_t CONNECTIONS = 200;
    HostFixture first(answer("first"), {{"ReusePort", true}});
    HostFixture second(answer("second"), {{"ReusePort", true}, {"Port", first.port}});
    REQUIRE(second.port == first.port);
    std::vector<TestClient> clients;
    for (std::size_t i = 0; i < CONNECTIONS; ++i) clients.push_back(first.connect());
    for (TestClient &client : clients) client.send(getOf("/"));
    std::size_t byFirst = 0;
    std::size_t bySecond = 0;
    for (TestClient &client : clients) {
        std::string const response = client.readResponse();
        if (response.ends_with("\r\n\r\nfirst")) ++byFirst;
        if (response.ends_with("\r\n\r\nsecond")) ++bySecond;
    }
    CHECK(byFirst + bySecond == CONNECTIONS);
    // The kernel spreads by a hash of the addresses: that one of them gets none is less likely than one in 2^198.
    CHECK(byFirst > 0);
    CHECK(bySecond > 0);
    CHECK(first.connectionCount() == byFirst);
    CHECK(second.connectionCount() == bySecond);
}
