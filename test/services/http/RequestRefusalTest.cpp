#include "MalformedRequests.h"
#include "ProtocolFixture.h"
#include "RequestText.h"

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

void checkRefused(ProtocolFixture &server, MalformedRequest const &malformed) {
    CHECK(server.lastStatus() == malformed.status);
    CHECK(server.requests.empty());
    CHECK(server.protocol.isOver());
    CHECK(server.takeOutput().find("Connection: close\r\n") != std::string::npos);
    // Whatever follows is nobody's.
    server.feed("GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(server.requests.empty());
    CHECK(server.takeOutput().empty());
}

} // namespace

TEST_CASE("Refusal: each malformed request gets its status and the end of the connection, wherever it is split", "[http]") {
    for (MalformedRequest const &malformed : malformedRequests()) {
        INFO(malformed.bytes.substr(0, 300));
        ProtocolFixture whole(smallLimits());
        whole.feed(malformed.bytes);
        checkRefused(whole, malformed);
        for (std::size_t split = 1; split < malformed.bytes.size(); ++split) {
            INFO("split at byte " << split);
            ProtocolFixture server(smallLimits());
            server.feed(std::string_view(malformed.bytes).substr(0, split));
            server.feed(std::string_view(malformed.bytes).substr(split));
            checkRefused(server, malformed);
        }
        ProtocolFixture slow(smallLimits());
        slow.feedByteByByte(malformed.bytes);
        checkRefused(slow, malformed);
    }
}

TEST_CASE("Refusal: answers of the requests before go out first", "[http]") {
    ProtocolFixture server;
    server.feed("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/3.1\r\n\r\n");
    CHECK(server.requests.size() == 2);
    std::string const out = server.takeOutput();
    CHECK(out.find("200 OK") < out.find("505 "));
    CHECK(out.find("200 OK", out.find("200 OK") + 1) < out.find("505 "));
    CHECK(server.protocol.isOver());
}

TEST_CASE("Refusal: what is exactly at a limit is let in", "[http]") {
    HttpLimits const limits = smallLimits();
    ProtocolFixture server(limits);
    server.feed(getOf("/" + std::string(limits.uriBytes - 1, 'a')));
    server.feed(postWith("Content-Length: 100\r\n\r\n" + std::string(100, 'x')));
    server.feed(postChunked("64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n"));
    std::string nineMore;
    for (int i = 0; i < 9; ++i) nineMore += "X: 1\r\n";
    server.feed(getWith(nineMore));
    std::string const empty = getWith("X: \r\n");
    server.feed(getWith("X: " + std::string(limits.headerBytes - empty.size(), 'a') + "\r\n"));
    CHECK(server.requests.size() == 5);
}

TEST_CASE("Refusal: a target that does not fit into the header is too long, whichever of the limits is lower", "[http]") {
    HttpLimits limits;
    limits.headerBytes = 64;
    auto const check = [&limits](int status, std::string const &bytes) {
        for (std::size_t split = 1; split <= bytes.size(); ++split) {
            INFO(bytes << " split at byte " << split);
            ProtocolFixture server(limits);
            server.feed(std::string_view(bytes).substr(0, split));
            server.feed(std::string_view(bytes).substr(split));
            checkRefused(server, {status, ""});
        }
    };
    check(414, getOf("/" + std::string(100, 'a')));
    check(414, getOf("/" + std::string(60, 'a')));
    check(414, "\r\n" + getOf("/" + std::string(60, 'a')));
    check(431, getOf("/" + std::string(58, 'a'))); // its end is seen, but not that of the line
    check(431, getWith("X: " + std::string(100, 'a') + "\r\n"));
}

TEST_CASE("Refusal: who asks with HEAD gets no body with it, wherever the request is split", "[http]") {
    std::string const request = "HEAD / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n";
    for (std::size_t split = 1; split <= request.size(); ++split) {
        INFO(split);
        ProtocolFixture server;
        server.feed(std::string_view(request).substr(0, split));
        server.feed(std::string_view(request).substr(split));
        CHECK(server.lastStatus() == 400);
        CHECK(server.takeOutput().ends_with("\r\n\r\n"));
    }
    ProtocolFixture slow;
    slow.feed("HEAD / HTTP/1.1\r\nHo");
    slow.protocol.refuseSlow(slow.workspace);
    CHECK(slow.lastStatus() == 408);
    CHECK(slow.takeOutput().ends_with("\r\n\r\n"));
}

TEST_CASE("Refusal: that an earlier request was HEAD does not keep the body from a refusal", "[http]") {
    ProtocolFixture server;
    server.feed("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n\"\r\n\r\n");
    CHECK(server.requests.size() == 1);
    CHECK(server.lastStatus() == 400);
    CHECK(server.takeOutput().ends_with("the request does not begin with a method"));
}
