#include "ProtocolFixture.h"

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

struct Malformed {
    int status;
    std::string bytes;
};

std::string get(std::string_view fields) { return "GET / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n"; }
std::string post(std::string_view fieldsAndBody) { return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(fieldsAndBody); }
std::string chunked(std::string_view body) { return post("Transfer-Encoding: chunked\r\n\r\n" + std::string(body)); }
std::string target(std::string_view text) { return "GET " + std::string(text) + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

HttpLimits smallLimits() {
    HttpLimits limits;
    limits.headerBytes = 1024;
    limits.headerCount = 10;
    limits.uriBytes = 200;
    limits.bodyBytes = 100;
    limits.trailerBytes = 64;
    limits.chunkExtensionBytes = 32;
    return limits;
}

std::vector<Malformed> malformedRequests() {
    using namespace std::string_literals;
    std::string manyFields;
    for (int i = 0; i < 20; ++i) manyFields += "X: 1\r\n";
    return {
        // The request line
        {400, " GET / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "\rGET / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "G\0T / HTTP/1.1\r\nHost: h\r\n\r\n"s},
        {400, "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET /  HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"},
        {400, "GET /\r\n\r\n"},
        {400, "GET / HTTP/1.1\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1.1\rHost: h\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n"},
        {400, "GET / http/1.1\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1,1\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/11.1\r\nHost: h\r\n\r\n"},
        {400, "GET / HTTP/1.10\r\nHost: h\r\n\r\n"},
        {400, "GET / ICE/1.0\r\nHost: h\r\n\r\n"},
        {505, "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
        {505, "GET / HTTP/0.9\r\nHost: h\r\n\r\n"},
        {505, "GET / HTTP/1.2\r\nHost: h\r\n\r\n"},
        {501, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}, // the preface of HTTP/2
        {501, "get / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {501, "BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n"},
        {501, "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, std::string(100, 'A') + " / HTTP/1.1\r\nHost: h\r\n\r\n"},
        {400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s}, // TLS spoken to a plain port
        // The request target
        {400, target("ping")},
        {400, target("*")},
        {400, target("/a#b")},
        {400, target("/a\\b c")},
        {400, target("/\xc3\xa4")},
        {400, target("/a\x7f")},
        {400, target("/%")},
        {400, target("/%4")},
        {400, target("/%zz")},
        {400, target("/%00")},
        {400, target("/..")},
        {400, target("/a/../../b")},
        {400, target("/%2e%2E/etc/passwd")},
        {400, target("/a/./../../")},
        {400, target("ftp://h/")},
        {400, target("http:///x")},
        {400, target("http://user@h/x")},
        {400, target("http://h:port/x")},
        {400, target("http://h/x#y")},
        {414, target("/" + std::string(300, 'a'))},
        {414, target("/" + std::string(5000, 'a'))},
        // Header fields
        {400, get("X : 1\r\n")},
        {400, get("X\t: 1\r\n")},
        {400, get(" X: 1\r\n")},
        {400, get("X: 1\r\n folded\r\n")},
        {400, get("X: 1\r\n\tfolded\r\n")},
        {400, get("X\r\n")},
        {400, get(": 1\r\n")},
        {400, get("X@: 1\r\n")},
        {400, get("X: a\0b\r\n"s)},
        {400, get("X: a\x01"
                  "b\r\n")},
        {400, get("X: a\x7f\r\n")},
        {400, get("X: a\nY: b\r\n")},
        {400, get("X: a\rY: b\r\n")},
        {400, get("X:\n\r\n")},
        {400, get("X: a\n")},
        {400, "GET / HTTP/1.1\r\nHost: h\r\nX: 1\r\n\rX"},
        {400, "GET / HTTP/1.1\r\nHost: h\r\nX: 1\n\n"},
        {431, get("X: " + std::string(2000, 'a') + "\r\n")},
        {431, get(std::string(2000, 'a') + ": 1\r\n")},
        {431, get(manyFields)},
        // Host
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, get("Host: h\r\n")},
        {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"},
        // The length of the body
        {400, post("Content-Length: 1\r\nContent-Length: 1\r\n\r\nx")},
        {400, post("Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx")},
        {400, post("Content-Length: 1, 1\r\n\r\nx")},
        {400, post("Content-Length:\r\n\r\n")},
        {400, post("Content-Length: +1\r\n\r\nx")},
        {400, post("Content-Length: -1\r\n\r\n")},
        {400, post("Content-Length: 1x\r\n\r\nx")},
        {400, post("Content-Length: 0x1\r\n\r\nx")},
        {400, post("Content-Length: 1 1\r\n\r\nx")},
        {400, post("Content-Length: 18446744073709551617\r\n\r\nx")},
        {400, post("Content-Length: 9223372036854775808\r\n\r\nx")},
        {400, post("Content-Length : 1\r\n\r\nx")},
        {400, post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
        {400, post("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n")},
        {400, post("Transfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx")},
        {400, post("Transfer-Encoding: identity\r\n\r\n")},
        {400, post("Transfer-Encoding: gzip\r\n\r\n")},
        {400, post("Transfer-Encoding:\r\n\r\n")},
        {400, post("Transfer-Encoding: chunked, gzip\r\n\r\n")},
        {400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n")},
        {400, post("Transfer-Encoding: chunked, chunked\r\n\r\n")},
        {400, post("Transfer-Encoding: xchunked\r\n\r\n")},
        {400, post("Transfer-Encoding: \x0b"
                   "chunked\r\n\r\n")},
        {400, post("Transfer-Encoding: chunked;q=1\r\n\r\n")},
        {501, post("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")},
        {501, post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
        {400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {411, "POST / HTTP/1.0\r\n\r\n"},
        {413, post("Content-Length: 101\r\n\r\n")},
        {413, post("Content-Length: 9223372036854775807\r\n\r\n")},
        {417, post("Expect: tea\r\nContent-Length: 1\r\n\r\n")},
        // Chunks
        {400, chunked("x\r\n")},
        {400, chunked("\r\n")},
        {400, chunked("-1\r\n")},
        {400, chunked("0x5\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5 \r\nhello\r\n0\r\n\r\n")},
        {400, chunked(" 5\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5\nhello\r\n0\r\n\r\n")},
        {400, chunked("5\r\nhelloX\r\n0\r\n\r\n")},
        {400, chunked("5\r\nhello\n0\r\n\r\n")},
        {400, chunked("5\r\nhello\rX")},
        {400, chunked("5\r\rX")},
        {400, chunked("10000000000000000\r\n")},
        {400, chunked("FFFFFFFFFFFFFFFFF\r\n")},
        {400, chunked("8000000000000000\r\n")},
        {400, chunked("00000000000000000\r\n")},
        {413, chunked("7FFFFFFFFFFFFFFF\r\n")},
        {413, chunked("65\r\n")},
        {413, chunked("64\r\n" + std::string(100, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n")},
        {400, chunked("5;\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5;a=\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5;a=\"b\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5;a=\"b\"c\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5;a b\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5;a\n\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5;" + std::string(100, 'a') + "\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("1;aaaaaaaaaaaaaaaaaaaa\r\nx\r\n1;aaaaaaaaaaaaaaaaaaaa\r\nx\r\n0\r\n\r\n")},
        {400, chunked("0\r\n X: 1\r\n\r\n")},
        {400, chunked("0\r\nX : 1\r\n\r\n")},
        {400, chunked("0\r\nX: 1\n\r\n")},
        {400, chunked("0\r\nX: \0\r\n\r\n"s)},
        {400, chunked("0\r\n\rX")},
        {431, chunked("0\r\nX: " + std::string(100, 'a') + "\r\n\r\n")},
    };
}

void checkRefused(ProtocolFixture &server, Malformed const &malformed) {
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
    for (Malformed const &malformed : malformedRequests()) {
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
    server.feed(target("/" + std::string(limits.uriBytes - 1, 'a')));
    server.feed(post("Content-Length: 100\r\n\r\n" + std::string(100, 'x')));
    server.feed(chunked("64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n"));
    std::string nineMore;
    for (int i = 0; i < 9; ++i) nineMore += "X: 1\r\n";
    server.feed(get(nineMore));
    std::string const empty = get("X: \r\n");
    server.feed(get("X: " + std::string(limits.headerBytes - empty.size(), 'a') + "\r\n"));
    CHECK(server.requests.size() == 5);
}
