#include <ichor/services/http/RequestWriter.h>
#include <ichor/services/http/ResponseParser.h>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace Ichor;
using namespace Ichor::Detail;
using Result = ResponseParser::Result;

namespace {

Result parseInPieces(ResponseParser &parser, std::string_view text, std::size_t piece) {
    Result result = Result::NEED_MORE;
    for (std::size_t at = 0; at < text.size() && result == Result::NEED_MORE; at += piece) {
        std::string const bytes(text.substr(at, piece)); // of exactly that size, so that a sanitizer sees every step beyond
        result = parser.parse(bytes);
    }
    return result;
}

std::string const PLAIN = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
std::string const CHUNKED = "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: 1\r\n\r\n";
std::string const INTERIM = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";

} // namespace

TEST_CASE("Response parser: a response is read whatever the pieces that it comes in", "[http]") {
    for (std::string const &text : {PLAIN, CHUNKED, INTERIM + PLAIN}) {
        for (std::size_t piece = 1; piece <= text.size(); ++piece) {
            INFO("pieces of " << piece);
            ResponseParser parser({});
            parser.begin(HttpMethod::get, nullptr);
            CHECK(parser.isUntouched());
            REQUIRE(parseInPieces(parser, text, piece) == Result::COMPLETE);
            CHECK(parser.isReusable());
            HttpResponse const response = parser.takeResponse();
            CHECK(response.isSuccess());
            CHECK(response.body() == "hello");
        }
    }
}

TEST_CASE("Response parser: one parser reads one response after the other", "[http]") {
    ResponseParser parser({});
    for (std::string const &text : {PLAIN, CHUNKED, PLAIN}) {
        parser.begin(HttpMethod::get, nullptr);
        REQUIRE(parser.parse(text) == Result::COMPLETE);
        CHECK(parser.takeResponse().body() == "hello");
    }
}

TEST_CASE("Response parser: responses without a body end with their head", "[http]") {
    ResponseParser parser({});
    parser.begin(HttpMethod::head, nullptr);
    REQUIRE(parser.parse("HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n") == Result::COMPLETE);
    CHECK(parser.takeResponse().header("Content-Length") == "100000000000");
    parser.begin(HttpMethod::get, nullptr);
    CHECK(parser.parse("HTTP/1.1 204 No Content\r\n\r\n") == Result::COMPLETE);
    CHECK(parser.isReusable());
}

TEST_CASE("Response parser: a body without a length ends with the connection", "[http]") {
    ResponseParser parser({});
    parser.begin(HttpMethod::get, nullptr);
    CHECK(parser.parse("HTTP/1.1 200 OK\r\n\r\nhel") == Result::NEED_MORE);
    CHECK(parser.parse("lo") == Result::NEED_MORE);
    REQUIRE(parser.finish() == Result::COMPLETE);
    CHECK_FALSE(parser.isReusable());
    CHECK(parser.takeResponse().body() == "hello");
}

TEST_CASE("Response parser: a connection that ends too early is an error", "[http]") {
    for (std::size_t size = 0; size < PLAIN.size(); ++size) {
        ResponseParser parser({});
        parser.begin(HttpMethod::get, nullptr);
        if (size != 0) REQUIRE(parser.parse(std::string_view(PLAIN).substr(0, size)) == Result::NEED_MORE);
        REQUIRE(parser.finish() == Result::FAILED);
        CHECK(parser.error() == HttpError::CLOSED);
        CHECK(parser.isUntouched() == (size == 0));
    }
}

TEST_CASE("Response parser: a connection is not reused after Connection: close or more than was asked for", "[http]") {
    ResponseParser parser({});
    parser.begin(HttpMethod::get, nullptr);
    REQUIRE(parser.parse("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") == Result::COMPLETE);
    CHECK_FALSE(parser.isReusable());
    parser.begin(HttpMethod::get, nullptr);
    REQUIRE(parser.parse(PLAIN + "HTTP/1.1 200 OK\r\n") == Result::COMPLETE);
    CHECK_FALSE(parser.isReusable());
}

TEST_CASE("Response parser: what could be understood in two ways is refused", "[http]") {
    for (std::string const &text : {
             std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
             std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
             std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello"),
             std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello"),
             std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
             std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
             std::string("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
             std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
             std::string("HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello"),
             std::string("HTTP/1.1 200 OK\r\nX : 1\r\n\r\n"),
             std::string("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", 28),
             std::string("HTTP/1.1 2x0 OK\r\n\r\n"),
             std::string("HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
             std::string("HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"),
             std::string("HTTP/2.0 200 OK\r\n\r\n"),
             std::string("SSH-2.0-OpenSSH\r\n"),
             std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
             std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n"),
         }) {
        for (std::size_t piece : {text.size(), std::size_t{1}}) {
            INFO(text);
            ResponseParser parser({});
            parser.begin(HttpMethod::get, nullptr);
            REQUIRE(parseInPieces(parser, text, piece) == Result::FAILED);
            CHECK(parser.error() == HttpError::PROTOCOL);
        }
    }
}

TEST_CASE("Response parser: an empty chunked body may come in any two pieces", "[http]") {
    std::string const text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
        INFO(cut);
        ResponseParser parser({});
        parser.begin(HttpMethod::get, nullptr);
        CHECK(parser.parse(text.substr(0, cut)) == Result::NEED_MORE);
        for (std::size_t at = cut; at + 1 < text.size(); ++at) CHECK(parser.parse(text.substr(at, 1)) == Result::NEED_MORE);
        CHECK(parser.parse("\n") == Result::COMPLETE);
        CHECK(parser.isReusable());
    }
}

TEST_CASE("Response parser: a server without measure is cut short", "[http]") {
    ResponseLimits limits;
    limits.headerBytes = 4096;
    limits.bodyBytes = 1000;
    std::string const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::string const &text : {
             "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n",
             std::string("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"),
             "HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'x'),
             head + "5;" + std::string(100'000, 'x') + "\r\nhello\r\n0\r\n\r\n",
             head + "0\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n",
             head + "400\r\n" + std::string(1024, 'x') + "\r\n0\r\n\r\n",
         }) {
        for (std::size_t piece : {text.size(), std::size_t{500}}) {
            INFO(text.substr(0, 80));
            ResponseParser parser(limits);
            parser.begin(HttpMethod::get, nullptr);
            REQUIRE(parseInPieces(parser, text, piece) == Result::FAILED);
            CHECK(parser.error() == HttpError::TOO_LARGE);
        }
    }
}

TEST_CASE("Response parser: a header is held to its limit whatever the pieces that it comes in", "[http]") {
    ResponseLimits limits;
    limits.headerBytes = 4096;
    ResponseParser parser(limits);
    parser.begin(HttpMethod::get, nullptr);
    Result result = parser.parse("HTTP/1.1 200 OK\r\nX");
    int pieces = 0;
    for (; pieces < 100'000 && result == Result::NEED_MORE; ++pieces) result = parser.parse(": y\r\nX");
    REQUIRE(result == Result::FAILED);
    CHECK(parser.error() == HttpError::TOO_LARGE);
    CHECK(pieces <= 4096 / 6 + 1);

    SECTION("and a trailer to its own") {
        parser.begin(HttpMethod::get, nullptr);
        REQUIRE(parser.parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\n") == Result::NEED_MORE);
        for (int i = 0; i < 1000; ++i) REQUIRE(parser.parse("X: y\r\n") == Result::NEED_MORE);
        CHECK(parser.parse("\r\n") == Result::COMPLETE);
    }
}

TEST_CASE("Response parser: interim responses come before the one that was asked for, but not for ever", "[http]") {
    std::string const interim = "HTTP/1.1 102 Processing\r\n\r\n";
    ResponseParser parser({});
    for (int round = 0; round < 2; ++round) {
        parser.begin(HttpMethod::get, nullptr);
        for (int i = 0; i < 100; ++i) REQUIRE(parser.parse(interim) == Result::NEED_MORE);
        CHECK(parser.parse(PLAIN) == Result::COMPLETE);
    }
    parser.begin(HttpMethod::get, nullptr);
    std::string all;
    for (int i = 0; i < 101; ++i) all += interim;
    REQUIRE(parser.parse(all) == Result::FAILED);
    CHECK(parser.error() == HttpError::TOO_LARGE);
}

TEST_CASE("Response parser: a connection is not reused after a switch to another protocol", "[http]") {
    ResponseParser parser({});
    parser.begin(HttpMethod::get, nullptr);
    REQUIRE(parser.parse("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n") == Result::COMPLETE);
    CHECK_FALSE(parser.isReusable());
    CHECK(parser.takeResponse().status() == HttpStatus::switchingProtocols);
}

TEST_CASE("Response parser: a body can be taken as it comes", "[http]") {
    std::string body;
    UniqueFunction<void(std::string_view)> onPart = [&body](std::string_view part) { body += part; };
    ResponseParser parser({});
    parser.begin(HttpMethod::get, &onPart);
    REQUIRE(parseInPieces(parser, CHUNKED, 3) == Result::COMPLETE);
    CHECK(body == "hello");
    CHECK(parser.takeResponse().body().empty());
}

TEST_CASE("Request writer: a request carries its host, its fields and its length", "[http]") {
    OutputBuffer out;
    writeRequest(out, HttpMethod::post, "/ping?a=1", "h:8001", {{"Accept", "*/*"}, {"Content-Length", "99"}}, "hello");
    CHECK(out.view() == "POST /ping?a=1 HTTP/1.1\r\nHost: h:8001\r\nAccept: */*\r\nContent-Length: 5\r\n\r\nhello");
    out.clear();
    writeRequest(out, HttpMethod::get, "/", "h", {{"Host", "other"}}, "");
    CHECK(out.view() == "GET / HTTP/1.1\r\nHost: other\r\n\r\n");
    CHECK_THROWS_AS(writeRequest(out, HttpMethod::get, "/ HTTP/1.1\r\nX: 1", "h", {}, ""), std::invalid_argument);
    CHECK_THROWS_AS(writeRequest(out, HttpMethod::get, "", "h", {}, ""), std::invalid_argument);
}
