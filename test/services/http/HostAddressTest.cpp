#include "HostFixture.h"

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

void addNoRoutes(IHttpHostService &, IService &, std::vector<HttpRouteRegistration> &) {}

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
