#include <ichor/model/StartError.h>

#include <ichor/base/Expected.h>
#include <ichor/model/Properties.h>

#include <catch2/catch.hpp>

using namespace Ichor;

namespace {

Expected<void, StartError> refuse() { return unexpected(StartError{"cannot open orders.db"}); }
Expected<void, StartError> fail() { return unexpected(StartError::FAILED); }

} // namespace

TEST_CASE("StartError: says what the service said", "[start_error]") {
    CHECK(refuse().error().message() == "cannot open orders.db");
    CHECK(refuse().error() == StartError::Failed);
    CHECK(StartError(std::string("text")).message() == "text");
    CHECK(StartError(StartError::CANCELLED, "stopped meanwhile").message() == "stopped meanwhile");
}

TEST_CASE("StartError: one without words still says something", "[start_error]") {
    CHECK(fail().error() == StartError::FAILED);
    CHECK(fail().error().message() == "failed without a reason given");
    CHECK(StartError(StartError::CANCELLED).message() == "cancelled before it had started");
    CHECK(StartError("").message() == "failed without a reason given");
}

TEST_CASE("StartError: errors are compared by kind", "[start_error]") {
    CHECK(StartError("a") == StartError("b"));
    CHECK_FALSE(StartError("a") == StartError(StartError::CANCELLED));
    CHECK(StartError::Failed == StartError::FAILED);
}

TEST_CASE("StartError: passes on the message of another error", "[start_error]") {
    auto const port = Properties{}.get<int>("Port");
    CHECK(StartError(port.error()).message() == port.error().message());
}
