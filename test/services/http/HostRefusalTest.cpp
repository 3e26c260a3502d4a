#include "CutRequests.h"
#include "MalformedRequests.h"
#include "RequestText.h"

#include <catch2/catch.hpp>

#include <atomic>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

/// A host that serves everything, and counts what gets as far as a handler.
struct OpenHost {
    explicit OpenHost(Properties properties = {}, HttpBodyMode mode = HttpBodyMode::WHOLE)
        : server(
              [this, mode](IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
                  routes.push_back(host.addRoute(HttpMethod::get, "/probe", [] { return HttpResponse::text("probe"); }));
                  routes.push_back(host.addRoute(HttpMethod::get, "/*", [this] { return served(); }));
                  if (mode == HttpBodyMode::WHOLE) {
                      routes.push_back(host.addRoute(HttpMethod::post, "/*", [this] { return served(); }));
                      return;
                  }
                  auto const readParts = [this](HttpRequest &request) -> Task<HttpResponse> {
                      for (;;) {
                          auto const part = co_await request.nextPart();
                          if (!part) co_return HttpResponse::badRequest(part.error().message());
                          if (part->empty()) co_return served();
                      }
                  };
                  routes.push_back(host.addRoute(HttpMethod::post, "/*", readParts, mode));
              },
              std::move(properties)) {}

    HttpResponse served() {
        ++requests;
        return HttpResponse::text("served");
    }

    bool isServing() {
        TestClient client = server.connect();
        client.send(getOf("/probe"));
        return client.readResponse().ends_with("\r\n\r\nprobe");
    }

    std::atomic<int> requests{0};
    HostFixture server;
};

Properties propertiesOf(HttpLimits const &limits) {
    return {{"HeaderBytes", limits.headerBytes},   {"HeaderCount", limits.headerCount},
            {"UriBytes", limits.uriBytes},         {"BodyBytes", limits.bodyBytes},
            {"TrailerBytes", limits.trailerBytes}, {"ChunkExtensionBytes", limits.chunkExtensionBytes}};
}

/// One answer of that status, which says that the connection ends, and then its end.
std::string faultOf(TestClient &client, int status, int otherStatus = 0) {
    std::string const text = client.readAll();
    auto const isOf = [&text](int number) { return text.starts_with("HTTP/1.1 " + std::to_string(number) + " "); };
    if (!isOf(status) && !isOf(otherStatus)) return "expected " + std::to_string(status) + ", got " + text;
    std::size_t const head = text.find("\r\n\r\n");
    std::size_t const length = text.find("\r\nContent-Length: ");
    if (head == std::string::npos || length >= head) return "an answer without a length: " + text;
    if (text.size() != head + 4 + std::stoul(text.substr(length + 18))) return "more or less than one answer: " + text;
    if (text.find("\r\nConnection: close\r\n") > head) return "it does not say that it closes: " + text;
    if (text.find("\r\nDate: ") > head) return "an answer without a date: " + text;
    return client.hasTimedOut() ? "not closed" : "";
}

constexpr std::string_view SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

} // namespace

TEST_CASE("Host: each malformed request gets its status and is the last on its connection; the next connection is served", "[http]") {
    OpenHost host(propertiesOf(smallLimits()));
    for (MalformedRequest const &malformed : malformedRequests()) {
        INFO(malformed.bytes.substr(0, 300));
        TestClient client = host.server.connect();
        client.send(malformed.bytes + std::string(SMUGGLED));
        CHECK(faultOf(client, malformed.status) == "");
        CHECK(host.isServing());
    }
    CHECK(host.requests == 0);
    CHECK(host.server.becomesEmpty());
}

TEST_CASE("Host: each malformed request is refused wherever it is cut", "[http]") {
    OpenHost host(propertiesOf(smallLimits()));
    CutSender sender(host.server);
    for (MalformedRequest const &malformed : malformedRequests()) {
        INFO(malformed.bytes.substr(0, 300));
        CHECK(sender.sendCut(malformed.bytes, allCuts(malformed.bytes.size()),
                             [&](TestClient &client) { return faultOf(client, malformed.status); }) == "");
    }
    CHECK(host.requests == 0);
    CHECK(host.isServing());
}

TEST_CASE("Host: each malformed request is refused when it comes byte by byte", "[http]") {
    OpenHost host(propertiesOf(smallLimits()));
    std::vector<MalformedRequest> malformed = malformedRequests();
    std::erase_if(malformed, [](MalformedRequest const &one) { return one.bytes.size() > 400; }); // which take many round trips
    std::vector<std::string> bytes;
    for (MalformedRequest const &one : malformed) bytes.push_back(one.bytes);
    std::vector<TestClient> clients;
    REQUIRE(CutSender(host.server).sendByteByByte(bytes, clients));
    for (std::size_t i = 0; i < malformed.size(); ++i) {
        INFO(bytes[i].substr(0, 300));
        CHECK(faultOf(clients[i], malformed[i].status) == "");
    }
    CHECK(host.requests == 0);
    CHECK(host.isServing());
}

TEST_CASE("Host: what exceeds the default limits is refused, however much of it there is", "[http]") {
    OpenHost host;
    CutSender sender(host.server);
    for (MalformedRequest const &oversized : oversizedRequests()) {
        INFO(oversized.bytes.substr(0, 100));
        std::vector<std::size_t> cuts;
        for (std::size_t at = 1; at < oversized.bytes.size(); at += at < 100 ? 1 : 1009) cuts.push_back(at);
        // The cuts around each limit.
        for (std::size_t const limit : {1024U, 8192U, 16'384U, 65'536U}) {
            for (std::size_t at = limit - 5; at < limit + 100 && at < oversized.bytes.size(); ++at) cuts.push_back(at);
        }
        CHECK(sender.sendCut(oversized.bytes, cuts, [&](TestClient &client) { return faultOf(client, oversized.status); }) == "");
        CHECK(host.isServing());
    }
    CHECK(host.requests == 0);
}

TEST_CASE("Host: a handler that reads its body in parts is told of what is wrong with it, and the connection ends", "[http]") {
    OpenHost host(propertiesOf(smallLimits()), HttpBodyMode::STREAMED);
    CutSender sender(host.server);
    for (MalformedRequest const &malformed : malformedRequests()) {
        if (!malformed.bytes.starts_with(postChunked(""))) continue;
        INFO(malformed.bytes.substr(0, 300));
        // What is seen before the handler runs gets its own status, what comes later is the handler's to answer.
        Judge const judge = [&](TestClient &client) { return faultOf(client, malformed.status, 400); };
        TestClient client = host.server.connect();
        client.send(malformed.bytes + std::string(SMUGGLED));
        CHECK(judge(client) == "");
        CHECK(sender.sendCut(malformed.bytes, allCuts(malformed.bytes.size()), judge) == "");
        CHECK(host.isServing());
    }
    CHECK(host.requests == 0);
}
