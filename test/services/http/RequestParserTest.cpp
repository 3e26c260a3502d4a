#include "ProtocolFixture.h"

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

constexpr std::string_view POST = "POST /ping?a=1&b=x%20y HTTP/1.1\r\n"
                                  "Host: example.org:8001\r\n"
                                  "User-Agent: test\r\n"
                                  "Accept:*/*\r\n"
                                  "X-Empty:\r\n"
                                  "X-Padded:  \t a b \t \r\n"
                                  "Content-Length: 15\r\n"
                                  "\r\n"
                                  "{\"sequence\": 2}";

constexpr std::string_view CHUNKED = "POST /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                                     "5;name=value;quoted=\"a \\\" b\"\r\nhello\r\n"
                                     "0006\r\n world\r\n"
                                     "0\r\nX-Trailer: 1\r\nAnother:\r\n\r\n";

} // namespace

TEST_CASE("Request parser: a whole request is seen as it was sent", "[http]") {
    ProtocolFixture server;
    server.feed(POST);
    REQUIRE(server.requests.size() == 1);
    SeenRequest const &request = server.requests[0];
    CHECK(request.method == HttpMethod::post);
    CHECK(request.path == "/ping");
    CHECK(request.body == "{\"sequence\": 2}");
    REQUIRE(request.headers.size() == 6);
    CHECK(request.headers[0] == std::pair<std::string, std::string>("Host", "example.org:8001"));
    CHECK(request.headers[2] == std::pair<std::string, std::string>("Accept", "*/*"));
    CHECK(request.headers[3] == std::pair<std::string, std::string>("X-Empty", ""));
    CHECK(request.headers[4] == std::pair<std::string, std::string>("X-Padded", "a b"));
    CHECK(server.heads == 0);
}

TEST_CASE("Request parser: where the bytes are split makes no difference", "[http]") {
    std::string_view const whole = GENERATE(POST, CHUNKED);
    ProtocolFixture reference;
    reference.feed(whole);
    REQUIRE(reference.requests.size() == 1);
    auto const isTheSame = [&reference](ProtocolFixture const &server) {
        if (server.requests.size() != 1) return false;
        SeenRequest const &a = reference.requests[0];
        SeenRequest const &b = server.requests[0];
        return a.method == b.method && a.path == b.path && a.body == b.body && a.headers == b.headers;
    };
    for (std::size_t split = 1; split < whole.size(); ++split) {
        ProtocolFixture server;
        server.feed(whole.substr(0, split));
        CHECK(server.requests.empty());
        server.feed(whole.substr(split));
        INFO("split at byte " << split);
        CHECK(isTheSame(server));
    }
    ProtocolFixture server;
    server.feedByteByByte(whole);
    CHECK(isTheSame(server));
}

TEST_CASE("Request parser: a chunked body is put together and its trailer left out", "[http]") {
    ProtocolFixture server;
    server.feed(CHUNKED);
    REQUIRE(server.requests.size() == 1);
    CHECK(server.requests[0].body == "hello world");
    CHECK(server.requests[0].headers.size() == 2);
}

TEST_CASE("Request parser: many requests in one read come out in order", "[http]") {
    std::string all;
    for (int i = 0; i < 20; ++i) {
        all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
        all += CHUNKED;
        all += POST;
    }
    for (std::size_t piece : {all.size(), std::size_t{1}, std::size_t{7}, std::size_t{100}, std::size_t{1000}}) {
        ProtocolFixture server;
        for (std::size_t at = 0; at < all.size(); at += piece) server.feed(std::string_view(all).substr(at, piece));
        REQUIRE(server.requests.size() == 60);
        for (std::size_t i = 0; i < 20; ++i) {
            CHECK(server.requests[i * 3].path == "/" + std::to_string(i));
            CHECK(server.requests[i * 3 + 1].body == "hello world");
            CHECK(server.requests[i * 3 + 2].body == "{\"sequence\": 2}");
        }
    }
}

TEST_CASE("Request parser: a body of many megabytes arrives in pieces of any size", "[http]") {
    std::string const body(3'000'000, 'x');
    ProtocolFixture server;
    server.feed("PUT /big HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n");
    CHECK(server.heads == 1);
    for (std::size_t at = 0; at < body.size(); at += 65'536) server.feed(std::string_view(body).substr(at, 65'536));
    REQUIRE(server.requests.size() == 1);
    CHECK(server.requests[0].body == body);
}

TEST_CASE("Request parser: empty lines in front of a request are passed over, a few of them", "[http]") {
    ProtocolFixture server;
    server.feed("\r\n");
    CHECK_FALSE(server.protocol.isInsideHead());
    server.feed("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(server.requests.size() == 1);
    server.feed("\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(server.requests.size() == 1);
    CHECK(server.lastStatus() == 400);
}

TEST_CASE("Request parser: empty lines without end are refused, however they come", "[http]") {
    ProtocolFixture slow;
    slow.feedByteByByte("\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n\r\n\r\n\r\n\r\n");
    CHECK(slow.requests.size() == 1);
    CHECK(slow.lastStatus() == 200);
    slow.feed("\r\n");
    CHECK(slow.lastStatus() == 400);
    ProtocolFixture lines;
    for (int i = 0; i < 5; ++i) lines.feed("\r\n");
    CHECK(lines.lastStatus() == 400);
    CHECK(lines.protocol.isOver());
}

TEST_CASE("Request parser: HTTP/1.0 closes unless it asks to be kept, HTTP/1.1 the other way round", "[http]") {
    auto const isClosedAfter = [](std::string_view version, std::string_view field) {
        ProtocolFixture server;
        server.feed("GET / HTTP/" + std::string(version) + "\r\nHost: h\r\n" + std::string(field) + "\r\n");
        REQUIRE(server.requests.size() == 1);
        return server.protocol.isOver();
    };
    CHECK_FALSE(isClosedAfter("1.1", ""));
    CHECK(isClosedAfter("1.1", "Connection: close\r\n"));
    CHECK(isClosedAfter("1.1", "Connection: TE, Close\r\n"));
    CHECK_FALSE(isClosedAfter("1.1", "Connection: keep-alive\r\n"));
    CHECK(isClosedAfter("1.0", ""));
    CHECK_FALSE(isClosedAfter("1.0", "Connection: Keep-Alive\r\n"));
    CHECK(isClosedAfter("1.0", "Connection: keep-alive, close\r\n"));
}

TEST_CASE("Request parser: HTTP/1.0 needs no Host", "[http]") {
    ProtocolFixture server;
    server.feed("GET / HTTP/1.0\r\n\r\n");
    CHECK(server.requests.size() == 1);
}

TEST_CASE("Request parser: a higher minor version is taken and answered as HTTP/1.1", "[http]") {
    for (char const minor : std::string_view("23456789")) {
        INFO(minor);
        ProtocolFixture server;
        server.feed(std::string("POST / HTTP/1.") + minor + "\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
        REQUIRE(server.requests.size() == 1);
        CHECK(server.requests[0].body == "x");
        CHECK(server.protocol.message().head.minorVersion == 1);
        CHECK_FALSE(server.protocol.isOver());
        CHECK(server.takeOutput().starts_with("HTTP/1.1 200 OK\r\n"));
    }
}
