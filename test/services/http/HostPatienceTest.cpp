// For whom a host waits, for how long, and what it does when there is nothing left to wait for.

#include "HostFixture.h"
#include "Leftovers.h"
#include "RequestText.h"

#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/Sleep.h>
#include <ichor/services/http/HttpBodyStream.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <ctime>

#include <poll.h>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

/// A host whose handlers wait for what the test says.
struct Patient {
    explicit Patient(Properties properties = {})
        : server([this](IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) { addRoutes(host, routes); },
                 std::move(properties)) {}

    void addRoutes(IHttpHostService &host, std::vector<HttpRouteRegistration> &routes) {
        routes.push_back(host.addRoute(HttpMethod::get, "/probe", [] { return HttpResponse::text("probe"); }));
        routes.push_back(host.addRoute(HttpMethod::get, "/page", [] { return HttpResponse::text(std::string(16 * 1024, 'x')); }));
        routes.push_back(host.addRoute(HttpMethod::get, "/slow", [this]() -> Task<HttpResponse> {
            co_await slowMayEnd;
            co_return HttpResponse::text("slow");
        }));
        routes.push_back(host.addRoute(HttpMethod::get, "/sleeps", []() -> Task<HttpResponse> {
            co_await sleepFor(2500ms);
            co_return HttpResponse::text("slept");
        }));
        routes.push_back(host.addRoute(HttpMethod::get, "/stream", [] { return HttpResponse::stream(words()); }));
        routes.push_back(host.addRoute(
            HttpMethod::post, "/upload",
            [this](HttpRequest &request) -> Task<HttpResponse> {
                Counted const counted(uploads);
                co_await uploadMayRead;
                for (;;) {
                    auto const part = co_await request.nextPart();
                    if (!part) co_return HttpResponse::badRequest(part.error().message());
                    if (part->empty()) co_return HttpResponse::text("all");
                }
            },
            HttpBodyMode::STREAMED));
    }

    static AsyncGenerator<std::string> words() {
        for (int i = 0; i < 3; ++i) co_yield "word";
    }

    void let(AsyncManualResetEvent &event) {
        server.onThread([&event](DependencyManager &) { event.set(); });
    }

    /// Its thread is not caught in a loop.
    bool isServing() {
        TestClient client = server.connect();
        client.send(getOf("/probe"));
        return client.readResponse().ends_with("probe");
    }

    AsyncManualResetEvent slowMayEnd;
    AsyncManualResetEvent uploadMayRead;
    std::atomic<int> uploads{0};
    HostFixture server;
};

/// Lives on when the host stops, and with it what it does for the host's peers.
class Uploads final : public AdvancedService<Uploads> {
public:
    Uploads(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        reg.registerDependency<IHttpHostService>(this, DependencyFlags::NONE);
    }
    void addDependencyInstance(IHttpHostService &host, IService &) {
        auto const upload = [](HttpRequest &request) -> Task<HttpResponse> {
            Counted const counted(running);
            for (;;) {
                auto const part = co_await request.nextPart();
                if (!part) co_return HttpResponse::badRequest(part.error().message());
                if (part->empty()) co_return HttpResponse::text("all");
            }
        };
        _route = host.addRoute(HttpMethod::post, "/lives", upload, HttpBodyMode::STREAMED);
    }
    void removeDependencyInstance(IHttpHostService &, IService &) { _route.reset(); }
    static inline std::atomic<int> running{0};

private:
    HttpRouteRegistration _route;
};

std::string const UPLOAD = "POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";

void pass(std::chrono::milliseconds time) { (void)::poll(nullptr, 0, static_cast<int>(time.count())); }

} // namespace

TEST_CASE("Host: a body that is read in parts behind a stream to an old client, which ends the connection, is given up", "[http]") {
    NoDescriptorLeft const check;
    Patient patient;
    TestClient client = patient.server.connect();
    client.send(getOf("/slow") + "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + UPLOAD + std::string(200'000, 'x'));
    CHECK(patient.isServing());
    SECTION("while its handler has not read") { patient.let(patient.slowMayEnd); }
    SECTION("when its handler reads before") {
        patient.let(patient.uploadMayRead);
        patient.let(patient.slowMayEnd);
    }
    CHECK(client.readAll().ends_with("wordwordword"));
    CHECK(patient.isServing());
    client.close();
    patient.let(patient.uploadMayRead);
    CHECK(patient.server.becomesEmpty());
    patient.server.stop();
    CHECK(patient.uploads == 0);
    CHECK(patient.server.exitStatus == 0);
}

TEST_CASE("Host: one that stops tells a handler that the rest of a body will not come", "[http]") {
    NoDescriptorLeft const check;
    Patient patient({{"BodyTimeout", 1h}, {"StopTimeout", 1h}});
    patient.server.onThread([](DependencyManager &dm) { dm.createServiceManager<Uploads>(); });
    TestClient client = patient.server.connect();
    client.send("POST /lives HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nsome");
    while (Uploads::running == 0) pass(1ms);
    patient.server.onThread([&patient](DependencyManager &dm) { dm.stopService(patient.server.hostId); });
    CHECK(client.readAll().ends_with("\r\n\r\nconnection closed by the peer"));
    client.close();
    patient.server.stop();
    CHECK(Uploads::running == 0);
    CHECK(patient.server.exitStatus == 0);
}

TEST_CASE("Host: the time for a head begins anew with each request", "[http]") {
    NoDescriptorLeft const check;
    Patient patient({{"HeaderTimeout", 1s}});
    TestClient client = patient.server.connect();
    std::string const unfinished = "GET /probe HTTP/1.1\r\nHost: h\r\n";
    client.send(unfinished);
    for (int i = 0; i < 12; ++i) { // for twice the time of one
        pass(200ms);
        client.send("\r\n" + unfinished);
        REQUIRE(client.readResponse().ends_with("probe"));
    }
    CHECK(client.readAll().starts_with("HTTP/1.1 408 "));
    patient.server.stop();
    CHECK(patient.server.exitStatus == 0);
}

TEST_CASE("Host: a peer that does not read is not kept for what it sends", "[http]") {
    NoDescriptorLeft const check;
    Patient patient({{"SendTimeout", 400ms}, {"UnsentBytes", 64 * 1024 * 1024}});
    TestClient client;
    client.limitBuffers(16 * 1024);
    client.connect(patient.server.port);
    // More than the kernel takes for it, and less than the host keeps.
    for (int i = 0; i < 1200; ++i) client.send(getOf("/page"));
    for (int i = 0; i < 300 && patient.server.connectionCount() != 0; ++i) {
        pass(50ms);
        (void)client.sendSome("G");
    }
    CHECK(patient.server.connectionCount() == 0);
    patient.server.stop();
    CHECK(patient.server.exitStatus == 0);
}

TEST_CASE("Host: the date of an answer is that of its sending, however long its handler took", "[http]") {
    NoDescriptorLeft const check;
    Patient patient;
    TestClient client = patient.server.connect();
    client.send(getOf("/sleeps"));
    std::string const response = client.readResponse();
    std::time_t const received = std::time(nullptr);
    std::size_t const at = response.find("Date: ");
    REQUIRE(at != std::string::npos);
    std::tm date{};
    REQUIRE(::strptime(response.c_str() + at + 6, "%a, %d %b %Y %H:%M:%S GMT", &date) != nullptr);
    CHECK(received - ::timegm(&date) <= 1);
    patient.server.stop();
}
