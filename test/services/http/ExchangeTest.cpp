#include "HostFixture.h"

#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/services/http/HttpBodyStream.h>

#include <catch2/catch.hpp>

#include <functional>
#include <string>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

/// What there is to know about the service below; for the host's thread alone, while that runs.
struct RowsSeen {
    bool isAlive{false};
    bool isAsked{false};
    bool hasRun{false};
    bool hasRunTooLate{false};
};

/// A service beside the one of the fixture, whose answer is a stream.
class Rows final {
public:
    Rows(IHttpHostService &host, IService &self)
        : _seen(*self.getProperties().get<RowsSeen *>("Seen").value()), _get(host.addRoute(HttpMethod::get, "/rows", [this] {
              _seen.isAsked = true;
              return HttpResponse::stream(rows(_seen));
          })) {
        _seen.isAlive = true;
    }
    ~Rows() { _seen.isAlive = false; }

private:
    static AsyncGenerator<std::string> rows(RowsSeen &seen) {
        seen.hasRun = true;
        seen.hasRunTooLate = !seen.isAlive;
        co_yield std::string("row");
    }

    RowsSeen &_seen;
    HttpRouteRegistration _get;
};

/// A host with Rows, and with "/slow", which is answered once the gate is open.
class RowsFixture {
public:
    RowsFixture() {
        rowsId = server.onThread([this](DependencyManager &dm) {
            return dm.createServiceManager<Rows>(Properties{{"Seen", &seen}}).getServiceId();
        });
        REQUIRE(becomes([this](DependencyManager &) { return seen.isAlive; }));
        client = server.connect();
    }

    /// Whether it does in time.
    bool becomes(std::function<bool(DependencyManager &)> const &condition) {
        for (int i = 0; i < 6000; ++i) {
            if (server.onThread(condition)) return true;
            std::this_thread::sleep_for(10ms);
        }
        return false;
    }

    /// Sends "/slow" and then that, for which Rows has its answer soon.
    void askBehindSlow(std::string_view request) {
        client.send(get("/slow") + std::string(request));
        REQUIRE(becomes([this](DependencyManager &) { return seen.isAsked; }));
    }

    void removeRows() {
        server.onThread([this](DependencyManager &dm) { dm.removeService(rowsId); });
        REQUIRE(becomes([this](DependencyManager &dm) { return dm.getIService(rowsId) == nullptr; }));
    }

    void stopRows() {
        server.onThread([this](DependencyManager &dm) { dm.stopService(rowsId); });
        REQUIRE(becomes([this](DependencyManager &) { return !seen.isAlive; }));
    }

    AsyncManualResetEvent gate;
    RowsSeen seen;
    HostFixture server{[this](IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
        routes.push_back(host.addRoute(HttpMethod::get, "/slow", [this]() -> Task<HttpResponse> {
            co_await gate;
            co_return HttpResponse::text("slow");
        }));
    }};
    ServiceId rowsId;
    TestClient client;
};

} // namespace

TEST_CASE("Exchange: a stream begins when the answers before it are written", "[http]") {
    RowsFixture fixture;
    fixture.askBehindSlow("GET /rows HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    CHECK_FALSE(fixture.server.onThread([&](DependencyManager &) { return fixture.seen.hasRun; }));
    fixture.gate.set();
    CHECK(fixture.client.readResponse().ends_with("slow"));
    CHECK(fixture.client.readAll().ends_with("\r\n\r\n3\r\nrow\r\n0\r\n\r\n"));
}

TEST_CASE("Exchange: a stream whose service goes before it could begin is answered with 503", "[http]") {
    RowsFixture fixture;
    fixture.askBehindSlow(get("/rows"));
    SECTION("and is no more") { fixture.removeRows(); }
    SECTION("or may come back") { fixture.stopRows(); }
    fixture.gate.set();
    CHECK(fixture.client.readResponse().ends_with("slow"));
    CHECK(fixture.client.readResponse().starts_with("HTTP/1.1 503 "));
    fixture.client.send(get("/rows") + get("/slow"));
    CHECK(fixture.client.readResponse().starts_with("HTTP/1.1 404 "));
    CHECK(fixture.client.readResponse().ends_with("slow"));
    fixture.server.stop();
    CHECK(fixture.server.exitStatus == 0);
    CHECK_FALSE(fixture.seen.hasRun);
}

TEST_CASE("Exchange: a stream that nobody is to have does not hold its service", "[http]") {
    RowsFixture fixture;
    SECTION("since HEAD asks for none") {
        fixture.askBehindSlow("HEAD /rows HTTP/1.1\r\nHost: h\r\n\r\n");
        fixture.gate.set();
        CHECK(fixture.client.readResponse().ends_with("slow"));
        CHECK(fixture.client.readResponse(true).starts_with("HTTP/1.1 200 "));
    }
    SECTION("since its client has gone") {
        fixture.askBehindSlow(get("/rows"));
        fixture.client.reset();
        REQUIRE(fixture.server.becomesEmpty());
    }
    fixture.removeRows();
    fixture.server.stop();
    CHECK(fixture.server.exitStatus == 0);
    CHECK_FALSE(fixture.seen.hasRun);
}

TEST_CASE("Exchange: streams that wait for their turn do not outlive their services when the host or the program ends", "[http]") {
    RowsFixture fixture;
    fixture.askBehindSlow(get("/rows"));
    SECTION("the host") {
        fixture.server.onThread([&fixture](DependencyManager &dm) { dm.removeService(fixture.server.hostId); });
    }
    SECTION("the program") { fixture.server.stop(); }
    CHECK(fixture.client.readAll().starts_with("HTTP/1.1 503 ")); // the slow one's
    fixture.server.stop();
    CHECK(fixture.server.exitStatus == 0);
    CHECK_FALSE(fixture.seen.hasRunTooLate);
}
