#include "CutRequests.h"
#include "RequestText.h"

#include <ichor/coroutines/YieldNow.h>
#include <ichor/services/http/HttpBodyStream.h>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

enum class After : std::uint8_t {
    KEPT,
    CLOSED,
    SAID, // closed if the answer says so: where the request is cut decides
};

/// A request that is let in, and what comes of it. The body of a 200 says what the handler was given: method, path, query, host, body.
struct Accepted {
    std::string bytes;
    int status;
    std::string body;
    After after{After::KEPT};
    std::string field{}; // a header field that the answer must have
};

std::string post(std::string_view target, std::string_view fieldsAndBody) {
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fieldsAndBody);
}

std::vector<Accepted> acceptedRequests() {
    return {
        // Keeping the connection
        {getOf("/seen/a"), 200, "GET /seen/a  h "},
        {getWith("Connection: close\r\n"), 200, "GET /  h ", After::CLOSED, "Connection: close"},
        {getWith("Connection: x, CLOSE\r\n"), 200, "GET /  h ", After::CLOSED, "Connection: close"},
        {"GET / HTTP/1.0\r\n\r\n", 200, "GET /   ", After::CLOSED, "Connection: close"},
        {"GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n", 200, "GET /  h ", After::KEPT, "Connection: keep-alive"},
        {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", 200, "GET /   ", After::CLOSED, "Connection: close"},
        {"GET / HTTP/1.2\r\nHost: h\r\n\r\n", 200, "GET /  h "},
        {"GET / HTTP/1.9\r\nHost: h\r\nConnection: close\r\n\r\n", 200, "GET /  h ", After::CLOSED, "Connection: close"},
        {"\r\n\r\n" + getOf("/"), 200, "GET /  h "},
        // Targets
        {getOf("/seen?a=1&b=%20"), 200, "GET /seen a=1&b=%20 h "},
        {getOf("http://other:81/seen/x?y"), 200, "GET /seen/x y other:81 "},
        {getOf("HTTP://other"), 200, "GET /  other "},
        {getOf("http://other?q"), 200, "GET / q other "},
        {getOf("/se%65n/%61%20b"), 200, "GET /seen/a b  h "},
        {getOf("/seen/a%2Fb"), 200, "GET /seen/a%2Fb  h "},
        {getOf("/x/../seen/./a/b/../c"), 200, "GET /seen/a/c  h "},
        {getOf("/seen/%2e%2E/seen/%2e"), 200, "GET /seen/  h "},
        {getOf("/seen/a/.."), 200, "GET /seen/  h "},
        {getOf("/seen/...//..a"), 200, "GET /seen/...//..a  h "},
        {"GET / HTTP/1.1\r\nhOsT:\t[::1]:80 \r\n\r\n", 200, "GET /  [::1]:80 "},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 200, "GET /   "},
        // Bodies
        {postWith("Content-Length: 5\r\n\r\nhello"), 200, "POST /  h hello"},
        {postWith("Content-Length: 0\r\n\r\n"), 200, "POST /  h "},
        {postWith("Content-Length: 00005\r\n\r\nhello"), 200, "POST /  h hello"},
        {postWith("\r\n"), 200, "POST /  h "}, // RFC 9112 section 6.3: without either field there is no body
        {getWith("Content-Length: 5\r\n").append("hello"), 200, "GET /  h hello"},
        {"POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", 200, "POST /   hello", After::CLOSED},
        {postChunked("5\r\nhello\r\n0\r\n\r\n"), 200, "POST /  h hello"},
        {postChunked("1\r\nh\r\n004\r\nello\r\n0\r\n\r\n"), 200, "POST /  h hello"},
        {postChunked("5;a;b=c;d=\"e\\\"f\"\r\nhello\r\n0;last\r\nX: y\r\nContent-Length: 7\r\n\r\n"), 200, "POST /  h hello"},
        {postChunked("0\r\n\r\n"), 200, "POST /  h "},
        {postWith("transfer-encoding: , Chunked ,\r\n\r\n1\r\nx\r\n0\r\n\r\n"), 200, "POST /  h x"},
        {post("/parts", "Content-Length: 5\r\n\r\nhello"), 200, "hello"},
        {post("/parts", "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n"), 200, "hello"},
        // What the client waits for, where the body is there already
        {postWith("Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello"), 200, "POST /  h hello"},
        {post("/parts", "Expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), 200, "hello"},
        {getWith("Expect: 100-continue\r\n"), 200, "GET /  h "},
        {"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx", 200, "POST /   x", After::CLOSED},
        // Other methods and paths
        {"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", 200, "", After::KEPT, "Content-Length: 10"},
        {"HEAD /nowhere HTTP/1.1\r\nHost: h\r\n\r\n", 404, ""},
        {"HEAD / HTTP/1.0\r\n\r\n", 200, "", After::CLOSED, "Content-Length: 9"},
        {getOf("/nowhere"), 404, "there is nothing at this path"},
        {post("/nowhere", "Content-Length: 5\r\n\r\nhello"), 404, "there is nothing at this path", After::SAID},
        {"PUT /parts HTTP/1.1\r\nHost: h\r\n\r\n", 405, "this path does not have that method", After::KEPT, "Allow: POST, OPTIONS"},
        {"DELETE / HTTP/1.1\r\nHost: h\r\n\r\n", 405, "this path does not have that method", After::KEPT,
         "Allow: GET, HEAD, POST, OPTIONS"},
        {"OPTIONS / HTTP/1.1\r\nHost: h\r\n\r\n", 204, "", After::KEPT, "Allow: GET, HEAD, POST, OPTIONS"},
        {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 204, ""},
        {"TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", 405, "this path does not have that method"},
    };
}

HttpResponse echo(HttpRequest &request) {
    std::string text(toString(request.method()));
    text.append(" ").append(request.path()).append(" ").append(request.queryString()).append(" ").append(request.host()).append(" ");
    return HttpResponse::text(text.append(request.body()));
}

Task<HttpResponse> readParts(HttpRequest &request) {
    std::string body;
    for (;;) {
        auto const part = co_await request.nextPart();
        if (!part) co_return HttpResponse::badRequest(part.error().message());
        if (part->empty()) co_return HttpResponse::text(body);
        body += *part;
    }
}

void addRoutes(IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
    routes.push_back(host.addRoute(HttpMethod::get, "/probe", [] { return HttpResponse::text("probe"); }));
    routes.push_back(host.addRoute(HttpMethod::get, "/", echo));
    routes.push_back(host.addRoute(HttpMethod::post, "/", echo));
    routes.push_back(host.addRoute(HttpMethod::get, "/seen", echo));
    routes.push_back(host.addRoute(HttpMethod::get, "/seen/*", echo));
    routes.push_back(host.addRoute(HttpMethod::post, "/parts", readParts, HttpBodyMode::STREAMED));
}

std::string faultOf(TestClient &client, Accepted const &accepted) {
    std::string text = client.readResponse(accepted.bytes.starts_with("HEAD"));
    // Where the request is cut decides whether the client is told that its body is welcome.
    bool const mayBeWelcomed = accepted.bytes.find("Expect: ") != std::string::npos;
    if (mayBeWelcomed && text == "HTTP/1.1 100 Continue\r\n\r\n") text = client.readResponse();
    std::size_t const head = std::min(text.find("\r\n\r\n"), text.size());
    if (!text.starts_with("HTTP/1.1 " + std::to_string(accepted.status) + " ")) return "another status: " + text;
    if (text.substr(std::min(head + 4, text.size())) != accepted.body) return "another body: " + text;
    if (!accepted.field.empty() && text.find("\r\n" + accepted.field + "\r\n") > head) return "without " + accepted.field + ": " + text;
    if (text.find("\r\nDate: ") > head) return "without a date: " + text;
    bool const saysClose = text.find("\r\nConnection: close") < head;
    if (accepted.after == After::CLOSED || (accepted.after == After::SAID && saysClose))
        return client.isClosedByServer() ? "" : "not closed, after " + text;
    if (saysClose) return "it says that it closes: " + text;
    client.send(getOf("/probe"));
    return client.readResponse().ends_with("\r\n\r\nprobe") ? "" : "the connection does not go on";
}

} // namespace

TEST_CASE("Host: a request is understood in one way, wherever it is cut", "[http]") {
    HostFixture server(addRoutes);
    CutSender sender(server);
    for (Accepted const &accepted : acceptedRequests()) {
        INFO(accepted.bytes);
        TestClient client = server.connect();
        client.send(accepted.bytes);
        CHECK(faultOf(client, accepted) == "");
        CHECK(sender.sendCut(accepted.bytes, allCuts(accepted.bytes.size()), [&](TestClient &cut) { return faultOf(cut, accepted); }) ==
              "");
    }
}

TEST_CASE("Host: a request is understood when it comes byte by byte", "[http]") {
    HostFixture server(addRoutes);
    std::vector<Accepted> const accepted = acceptedRequests();
    std::vector<std::string> bytes;
    for (Accepted const &one : accepted) bytes.push_back(one.bytes);
    std::vector<TestClient> clients;
    REQUIRE(CutSender(server).sendByteByByte(bytes, clients));
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        INFO(bytes[i]);
        CHECK(faultOf(clients[i], accepted[i]) == "");
    }
}

TEST_CASE("Host: pipelined requests of every kind are answered in order, wherever the stream is cut", "[http]") {
    HostFixture server(addRoutes);
    CutSender sender(server);
    std::string bytes;
    std::string bodies;
    for (Accepted const &accepted : acceptedRequests()) {
        bool const isPlain = accepted.after == After::KEPT && accepted.status == 200 && !accepted.bytes.starts_with("HEAD") &&
                             accepted.bytes.find("Expect") == std::string::npos;
        if (!isPlain) continue;
        bytes += accepted.bytes;
        bodies += accepted.body + "\n";
    }
    auto const count = static_cast<std::size_t>(std::count(bodies.begin(), bodies.end(), '\n'));
    CHECK(sender.sendCut(bytes, allCuts(bytes.size()), [&](TestClient &client) -> std::string {
        std::string received;
        for (std::size_t i = 0; i < count; ++i) {
            std::string const text = client.readResponse();
            received += text.substr(std::min(text.find("\r\n\r\n"), text.size() - 4) + 4) + "\n";
        }
        return received == bodies ? "" : received;
    }) == "");
}

TEST_CASE("Host: pipelined requests that come together are answered in one piece", "[http]") {
    HostFixture server(addRoutes);
    TestClient client = server.connect();
    std::string requests;
    for (int i = 0; i < 50; ++i) requests += getOf("/probe");
    client.send(requests);
    // What was written at once is received at once: it is one segment that the loopback does not cut.
    std::string const first = client.receiveOnce();
    std::size_t answers = 0;
    for (std::size_t at = first.find("\r\n\r\nprobe"); at != std::string::npos; at = first.find("\r\n\r\nprobe", at + 1)) ++answers;
    CHECK(answers == 50);
}

namespace {

AsyncGenerator<std::string> someWords() { co_yield "some words"; }

} // namespace

TEST_CASE("Host: a status that allows no body or no end has none, whatever the handler says", "[http]") {
    auto const addRoutes = [](IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
        routes.push_back(
            host.addRoute(HttpMethod::get, "/empty", [] { return HttpResponse::stream(someWords()).with(HttpStatus::noContent); }));
        routes.push_back(host.addRoute(HttpMethod::get, "/early", [] { return HttpResponse::text("x").with(HttpStatus{103}); }));
        routes.push_back(host.addRoute(HttpMethod::get, "/early-later", []() -> Task<HttpResponse> {
            co_await yieldNow();
            co_return HttpResponse::text("x").with(HttpStatus::continue_);
        }));
        routes.push_back(host.addRoute(HttpMethod::get, "/probe", [] { return HttpResponse::text("probe"); }));
    };
    HostFixture server(addRoutes);
    TestClient client = server.connect();
    client.send(getOf("/empty") + getOf("/probe"));
    std::string const empty = client.readResponse(true);
    CHECK(empty.starts_with("HTTP/1.1 204 "));
    CHECK(empty.find("Transfer-Encoding") == std::string::npos);
    CHECK(client.readResponse().ends_with("\r\n\r\nprobe")); // right behind the head
    for (std::string_view target : {"/early", "/early-later"}) {
        client.send(getOf(target));
        CHECK(client.readResponse().starts_with("HTTP/1.1 500 "));
    }
    server.stop();
    CHECK(server.exitStatus == 0);
}
