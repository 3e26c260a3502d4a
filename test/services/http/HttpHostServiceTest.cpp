#include "HostFixture.h"

#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/Sleep.h>
#include <ichor/coroutines/YieldNow.h>
#include <ichor/services/http/HttpBodyStream.h>

#include <catch2/catch.hpp>

#include <memory>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

std::string post(std::string_view path, std::string_view body) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

std::string bodyOf(std::string const &response) {
    std::size_t const head = response.find("\r\n\r\n");
    return head == std::string::npos ? std::string() : response.substr(head + 4);
}

AsyncGenerator<std::string> counted(int parts, std::size_t size) {
    for (int i = 0; i < parts; ++i) {
        co_await yieldNow();
        co_yield std::string(size, static_cast<char>('a' + i % 26));
    }
}

AsyncGenerator<std::string> failing() {
    co_yield std::string("some");
    throw std::runtime_error("no more");
}

AsyncGenerator<std::string> endless() {
    for (;;) co_yield std::string(10'000, 'x');
}

void addUsualRoutes(IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
    routes.push_back(host.addRoute(HttpMethod::get, "/plain", [] { return HttpResponse::text("plain"); }));
    routes.push_back(host.addRoute(HttpMethod::post, "/echo", [](HttpRequest &request) { return HttpResponse::text(request.body()); }));
    routes.push_back(host.addRoute(HttpMethod::get, "/users/{id}", [](HttpRequest &request) -> Task<HttpResponse> {
        std::string_view const id = request.param("id"); // stays valid over the wait
        co_await yieldNow();
        co_return HttpResponse::text(std::string(id) + "," + std::string(request.query("page").value_or("none")));
    }));
    routes.push_back(host.addRoute(HttpMethod::get, "/slow", [](HttpRequest &) -> Task<HttpResponse> {
        co_await sleepFor(50ms);
        co_return HttpResponse::text("slow");
    }));
    routes.push_back(host.addRoute(HttpMethod::get, "/now", []() -> Task<HttpResponse> { co_return HttpResponse::text("now"); }));
    routes.push_back(host.addRoute(HttpMethod::get, "/throws", []() -> HttpResponse { throw std::runtime_error("secret"); }));
    routes.push_back(host.addRoute(HttpMethod::get, "/throws-later", []() -> Task<HttpResponse> {
        co_await yieldNow();
        throw std::runtime_error("secret");
    }));
    routes.push_back(host.addRoute(HttpMethod::get, "/stream/{size}", [](HttpRequest &request) -> Task<HttpResponse> {
        co_return HttpResponse::stream(counted(20, std::stoul(std::string(request.param("size")))));
    }));
    routes.push_back(host.addRoute(HttpMethod::get, "/stream-plain", [] { return HttpResponse::stream(counted(3, 2)); }));
    routes.push_back(host.addRoute(HttpMethod::get, "/broken", [] { return HttpResponse::stream(failing()); }));
    routes.push_back(host.addRoute(HttpMethod::get, "/endless", [] { return HttpResponse::stream(endless()); }));
    routes.push_back(host.addRoute(HttpMethod::get, "/big", [] { return HttpResponse::text(std::string(10'000'000, 'x')); }));
    routes.push_back(host.addRoute(
        HttpMethod::post, "/parts",
        [](HttpRequest &request) -> Task<HttpResponse> {
            std::size_t size = 0;
            for (;;) {
                auto const part = co_await request.nextPart();
                if (!part) co_return HttpResponse::badRequest(part.error().message());
                if (part->empty()) co_return HttpResponse::text(std::to_string(size));
                size += part->size();
            }
        },
        HttpBodyMode::STREAMED));
}

} // namespace

TEST_CASE("Host: plain handlers and coroutines answer, whether they wait or not", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    for (int i = 0; i < 3; ++i) {
        client.send(get("/plain"));
        CHECK(bodyOf(client.readResponse()) == "plain");
        client.send(post("/echo", "hello"));
        CHECK(bodyOf(client.readResponse()) == "hello");
        client.send(get("/users/42?page=7"));
        CHECK(bodyOf(client.readResponse()) == "42,7");
        client.send(get("/slow"));
        CHECK(bodyOf(client.readResponse()) == "slow");
        client.send(get("/now"));
        CHECK(bodyOf(client.readResponse()) == "now");
    }
    server.stop();
    CHECK(server.exitStatus == 0);
}

TEST_CASE("Host: pipelined requests are answered in order, slow ones between quick ones", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    std::string all;
    for (int i = 0; i < 300; ++i) all += get("/users/" + std::to_string(i)) + (i % 100 == 50 ? get("/slow") : get("/plain"));
    client.send(all);
    for (int i = 0; i < 300; ++i) {
        REQUIRE(bodyOf(client.readResponse()) == std::to_string(i) + ",none");
        REQUIRE(bodyOf(client.readResponse()) == (i % 100 == 50 ? "slow" : "plain"));
    }
}

TEST_CASE("Host: what is not served is 404, another method 405 with Allow, OPTIONS says what is allowed", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    client.send(get("/nothing"));
    CHECK(client.readResponse().starts_with("HTTP/1.1 404 "));
    client.send(post("/plain", ""));
    std::string const refused = client.readResponse();
    CHECK(refused.starts_with("HTTP/1.1 405 "));
    CHECK(refused.find("Allow: GET, HEAD, OPTIONS\r\n") != std::string::npos);
    client.send("OPTIONS /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    std::string const options = client.readResponse();
    CHECK(options.starts_with("HTTP/1.1 204 "));
    CHECK(options.find("Allow: POST, OPTIONS\r\n") != std::string::npos);
    client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(client.readResponse().starts_with("HTTP/1.1 204 "));
    client.send("HEAD /plain HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(client.readResponse(true).find("Content-Length: 5\r\n") != std::string::npos);
}

TEST_CASE("Host: a handler that throws is a 500 that tells nothing, and the next request is served", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    for (std::string_view path : {"/throws", "/throws-later"}) {
        client.send(get(path));
        std::string const response = client.readResponse();
        CHECK(response.starts_with("HTTP/1.1 500 "));
        CHECK(response.find("secret") == std::string::npos);
    }
    client.send(get("/plain"));
    CHECK(bodyOf(client.readResponse()) == "plain");
}

TEST_CASE("Host: a streamed answer arrives in chunks, and the connection goes on", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    client.send(get("/stream-plain") + get("/plain"));
    std::string text;
    while (text.find("plain", text.find("0\r\n\r\n")) == std::string::npos) {
        std::string const more = client.readResponse();
        REQUIRE_FALSE(more.empty());
        text += more;
        if (text.find("chunked") != std::string::npos && text.find("0\r\n\r\n") == std::string::npos) continue;
    }
    CHECK(text.find("2\r\naa\r\n2\r\nbb\r\n2\r\ncc\r\n0\r\n\r\n") != std::string::npos);
}

TEST_CASE("Host: a streamed answer of many megabytes waits for a peer that reads slowly", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    client.send("GET /stream/1000000 HTTP/1.0\r\n\r\n");
    std::this_thread::sleep_for(100ms);
    CHECK(bodyOf(client.readAll()).size() == 20'000'000);
}

TEST_CASE("Host: a stream that fails ends the connection without the end of the body", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    client.send(get("/broken"));
    std::string const text = client.readAll();
    CHECK(text.find("some") != std::string::npos);
    CHECK_FALSE(text.ends_with("0\r\n\r\n"));
    CHECK_FALSE(client.isReset());
}

TEST_CASE("Host: a stream to an old client, which would look whole without its end, is reset when it lacks that", "[http]") {
    HostFixture server(addUsualRoutes, {{"SendTimeout", 200ms}});
    TestClient client;
    SECTION("as its handler fails") {
        client.connect(server.port);
        client.send("GET /broken HTTP/1.0\r\n\r\n");
    }
    SECTION("as the host stops") {
        client.connect(server.port);
        client.send("GET /endless HTTP/1.0\r\n\r\n");
        REQUIRE(client.receive());
        server.stop();
    }
    SECTION("as it was not read in time") {
        client.limitBuffers(4096);
        client.connect(server.port);
        client.send("GET /stream/1000000 HTTP/1.0\r\n\r\n");
        REQUIRE(client.receive());
        REQUIRE(server.becomesEmpty());
    }
    (void)client.readAll();
    CHECK(client.isReset());
}

TEST_CASE("Host: a stream to an old client that has come to its end is closed in peace", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    client.send("GET /stream-plain HTTP/1.0\r\n\r\n");
    CHECK(bodyOf(client.readAll()) == "aabbcc");
    CHECK_FALSE(client.isReset());
}

TEST_CASE("Host: a body is read in parts as it comes, and its reader sets the pace", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    std::string const body(5'000'000, 'x');
    client.send(post("/parts", body));
    CHECK(bodyOf(client.readResponse()) == "5000000");
    client.send(post("/parts", "abc"));
    CHECK(bodyOf(client.readResponse()) == "3");
    client.send("POST /parts HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
    CHECK(client.readResponse() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("5\r\nhello\r\n");
    std::this_thread::sleep_for(20ms);
    client.send("1\r\n!\r\n0\r\n\r\n");
    CHECK(bodyOf(client.readResponse()) == "6");
    client.send("POST /parts HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
    std::this_thread::sleep_for(20ms);
    client.send("loX");
    CHECK(bodyOf(client.readAll()).starts_with("not valid HTTP/1.1"));
}

TEST_CASE("Host: a client that waits for 100 Continue gets it, or the refusal", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    CHECK(client.readResponse() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hello");
    CHECK(bodyOf(client.readResponse()) == "hello");
    client.send("POST /nothing HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    CHECK(client.readResponse().starts_with("HTTP/1.1 404 "));
    CHECK(client.isClosedByServer());
}

TEST_CASE("Host: a peer that has ended its input still gets its answers", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    client.send(get("/slow") + get("/plain"));
    client.endInput();
    std::string const text = client.readAll();
    CHECK(text.find("slow") != std::string::npos);
    CHECK(text.find("plain") != std::string::npos);
    CHECK(server.becomesEmpty());
}

TEST_CASE("Host: peers that reset, or go in the middle of anything, leave nothing behind", "[http]") {
    HostFixture server(addUsualRoutes);
    for (std::string const &text : {std::string(), std::string("GET / HT"), get("/slow"), get("/endless"), get("/big"), get("/plain"),
                                    std::string("POST /parts HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc"),
                                    std::string("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc")}) {
        for (bool isReset : {true, false}) {
            TestClient client = server.connect();
            client.send(text);
            std::this_thread::sleep_for(5ms);
            if (isReset) {
                client.reset();
            } else {
                client.close();
            }
        }
    }
    CHECK(server.becomesEmpty());
    TestClient client = server.connect();
    client.send(get("/plain"));
    CHECK(bodyOf(client.readResponse()) == "plain");
    server.stop();
    CHECK(server.exitStatus == 0);
}

TEST_CASE("Host: a peer that never reads is no longer read from, and dropped in time", "[http]") {
    HostFixture server(addUsualRoutes, {{"SendTimeout", 200ms}});
    TestClient client = server.connect();
    std::string const request = get("/big");
    for (int i = 0; i < 20; ++i) client.send(request);
    CHECK(server.becomesEmpty());
}

TEST_CASE("Host: who is too slow gets 408 or is closed, whatever it is slow with", "[http]") {
    HostFixture server(addUsualRoutes, {{"HeaderTimeout", 100ms}, {"BodyTimeout", 100ms}, {"IdleTimeout", 100ms}});
    TestClient idle = server.connect();
    CHECK(idle.readAll().empty());
    TestClient slowHead = server.connect();
    slowHead.send("GET / HT");
    CHECK(slowHead.readAll().starts_with("HTTP/1.1 408 "));
    TestClient slowBody = server.connect();
    slowBody.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
    CHECK(slowBody.readAll().starts_with("HTTP/1.1 408 "));
    TestClient slowParts = server.connect();
    slowParts.send("POST /parts HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
    CHECK(bodyOf(slowParts.readAll()) == "timed out");

    // One byte at a time does not help.
    TestClient trickling = server.connect();
    for (char c : std::string(40, 'a')) {
        trickling.send({&c, 1});
        std::this_thread::sleep_for(10ms);
    }
    CHECK(trickling.readAll().starts_with("HTTP/1.1 408 "));
    TestClient patient = server.connect();
    patient.send(get("/slow"));
    CHECK(bodyOf(patient.readResponse()) == "slow");
    CHECK(server.becomesEmpty());
}

TEST_CASE("Host: no more connections than allowed; the next one waits until there is room", "[http]") {
    HostFixture server(addUsualRoutes, {{"Connections", 2}});
    TestClient first = server.connect();
    TestClient second = server.connect();
    first.send(get("/plain"));
    second.send(get("/plain"));
    CHECK(bodyOf(first.readResponse()) == "plain");
    CHECK(bodyOf(second.readResponse()) == "plain");
    TestClient third = server.connect();
    third.send(get("/plain"));
    std::this_thread::sleep_for(50ms);
    CHECK(server.connectionCount() == 2);
    first.close();
    CHECK(bodyOf(third.readResponse()) == "plain");
}

TEST_CASE("Host: a route that is refused says why, and leaves the others and the end of the service alone", "[http]") {
    std::vector<std::string> whys;
    HostFixture server([&whys](IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
        for (char const *const pattern : {"", "users", "/{", "/plain"}) {
            try {
                routes.push_back(host.addRoute(HttpMethod::get, pattern, [] { return HttpResponse::text("plain"); }));
                routes.push_back(host.addRoute(HttpMethod::get, pattern, [] { return HttpResponse::text("twice"); }));
            } catch (std::invalid_argument const &error) {
                whys.emplace_back(error.what());
            }
        }
        try {
            auto const refused = host.addRoute(
                HttpMethod::get, "/parts", [] { return HttpResponse::ok(); }, HttpBodyMode::STREAMED);
        } catch (std::invalid_argument const &error) {
            whys.emplace_back(error.what());
        }
    });
    TestClient client = server.connect();
    client.send(get("/plain"));
    CHECK(bodyOf(client.readResponse()) == "plain");
    server.stop();
    CHECK(server.exitStatus == 0);
    REQUIRE(whys.size() == 5);
    CHECK(whys[1] == "the route pattern \"users\" does not begin with '/'");
    CHECK(whys[3] == "GET \"/plain\" is served already, by the route \"/plain\"");
}

TEST_CASE("Host: routes go with their service, and come back with it", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient client = server.connect();
    client.send(get("/plain"));
    CHECK(client.readResponse().starts_with("HTTP/1.1 200 "));
    server.onThread([&](DependencyManager &dm) { dm.stopService(server.routesId); });
    std::this_thread::sleep_for(20ms);
    client.send(get("/plain"));
    CHECK(client.readResponse().starts_with("HTTP/1.1 404 "));
    server.onThread([&](DependencyManager &dm) { dm.startService(server.routesId); });
    std::this_thread::sleep_for(20ms);
    client.send(get("/plain"));
    CHECK(client.readResponse().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("Host: a request that runs when its service stops is answered with 503", "[http]") {
    HostFixture server([](IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
        routes.push_back(host.addRoute(HttpMethod::get, "/hang", []() -> Task<HttpResponse> {
            co_await sleepFor(1h);
            co_return HttpResponse();
        }));
    });
    TestClient client = server.connect();
    client.send(get("/hang"));
    std::this_thread::sleep_for(20ms);
    server.onThread([&](DependencyManager &dm) { dm.stopService(server.routesId); });
    CHECK(client.readResponse().starts_with("HTTP/1.1 503 "));
    client.send(get("/hang"));
    CHECK(client.readResponse().starts_with("HTTP/1.1 404 "));
}

TEST_CASE("Host: quitting answers what runs, closes what idles, and ends in time", "[http]") {
    HostFixture server(addUsualRoutes);
    TestClient idle = server.connect();
    TestClient endless = server.connect();
    endless.send(get("/endless"));
    TestClient slow = server.connect();
    slow.send(get("/slow"));
    std::this_thread::sleep_for(20ms);
    auto const begin = std::chrono::steady_clock::now();
    server.stop();
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    CHECK(server.exitStatus == 0);
    CHECK(idle.readAll().empty());
    CHECK(slow.readAll().starts_with("HTTP/1.1 503 ")); // its service stopped first
}

TEST_CASE("Host: from inside a handler a service may take down its route, itself, the host, or the program", "[http]") {
    for (std::string_view what : {"route", "self", "host", "quit", "host-later"}) {
        INFO(what);
        HostFixture server([what](IHttpHostService &host, IService &self, std::vector<HttpRouteRegistration> &routes) {
            DependencyManager &dm = self.getManager();
            auto const act = [what, &dm, &self, &routes] {
                if (what == "route") routes.clear();
                if (what == "self") dm.removeService(self.getServiceId());
                if (what.starts_with("host")) {
                    for (auto const &[id, service] : dm.getServiceInfo()) {
                        if (service->getServiceName().find("HttpHostService") != std::string_view::npos) dm.removeService(id);
                    }
                }
                if (what == "quit") dm.getEventQueue().quit();
            };
            if (what == "host-later") {
                routes.push_back(host.addRoute(HttpMethod::get, "/", [act]() -> Task<HttpResponse> {
                    co_await yieldNow();
                    act();
                    co_return HttpResponse::text("done");
                }));
            } else {
                routes.push_back(host.addRoute(HttpMethod::get, "/", [act] {
                    act();
                    return HttpResponse::text("done");
                }));
            }
        });
        TestClient client = server.connect();
        client.send(get("/"));
        CHECK(bodyOf(client.readResponse()) == "done");
        server.stop();
        CHECK(server.exitStatus == 0);
    }
}
