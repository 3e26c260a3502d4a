#include <ichor/model/ServiceState.h>

#include <catch2/catch.hpp>

using namespace Ichor;

TEST_CASE("ServiceState: every state is written by its name", "[service_state]") {
    CHECK(toString(ServiceState::INSTALLED) == "INSTALLED");
    CHECK(toString(ServiceState::STARTING) == "STARTING");
    CHECK(toString(ServiceState::INJECTING) == "INJECTING");
    CHECK(toString(ServiceState::ACTIVE) == "ACTIVE");
    CHECK(toString(ServiceState::UNINJECTING) == "UNINJECTING");
    CHECK(toString(ServiceState::STOPPING) == "STOPPING");
    CHECK(toString(ServiceState::UNINSTALLED) == "UNINSTALLED");
    CHECK(toString(static_cast<ServiceState>(99)) == "UNKNOWN");
}
