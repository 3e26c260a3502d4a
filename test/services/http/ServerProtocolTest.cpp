#include "ProtocolFixture.h"

#include <ichor/services/http/HttpBodyStream.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>

using namespace Ichor;
using namespace Ichor::Testing;
using Event = Detail::ServerProtocol::Event;

namespace {

class Answer final : public Detail::PendingAnswer {
public:
    void onWritten() noexcept override { isWritten = true; }
    void onStreamBegun() noexcept override { isStreamBegun = true; }
    void onConnectionGone() noexcept override { isGone = true; }

    bool isWritten{false};
    bool isStreamBegun{false};
    bool isGone{false};
};

/// A connection whose requests are answered later, by hand.
class LateServer {
public:
    explicit LateServer(HttpLimits limits = {}) : workspace(limits) { workspace.date.renew(784111777); }

    Event next(std::string text = {}) {
        if (!text.empty()) {
            buffer.assign(text.begin(), text.end());
            input = buffer;
        }
        return protocol.next(input, workspace);
    }
    Answer &defer() {
        answers.push_back(std::make_unique<Answer>());
        protocol.defer(*answers.back());
        return *answers.back();
    }
    std::string takeOutput() {
        std::string text(workspace.output.view());
        workspace.output.clear();
        return text;
    }

    Detail::ServerWorkspace workspace;
    std::vector<std::unique_ptr<Answer>> answers;
    Detail::ServerProtocol protocol;
    std::vector<char> buffer;
    std::span<char> input;
};

constexpr char const *GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view DATE = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

std::string ok(std::string_view body) {
    return "HTTP/1.1 200 OK\r\n" + std::string(DATE) +
           "Content-Type: text/plain; charset=utf-8\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

AsyncGenerator<std::string> nothing() { co_return; }

} // namespace

TEST_CASE("Server protocol: a response carries its status, date, type, length and body", "[http]") {
    LateServer server;
    REQUIRE(server.next(GET) == Event::REQUEST);
    server.protocol.answer(HttpResponse::text("hello"), server.workspace);
    CHECK(server.takeOutput() == ok("hello"));
    REQUIRE(server.next(GET) == Event::REQUEST);
    server.protocol.answer(HttpResponse(HttpStatus::created).with("Location", "/x\r\nEvil: 1").with("Content-Length", "99"),
                           server.workspace);
    CHECK(server.takeOutput() == "HTTP/1.1 201 Created\r\n" + std::string(DATE) + "Location: /x  Evil: 1\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("Server protocol: HEAD and 204 have no body", "[http]") {
    LateServer server;
    REQUIRE(server.next("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n") == Event::REQUEST);
    server.protocol.answer(HttpResponse::json("[1]"), server.workspace);
    CHECK(server.takeOutput() == "HTTP/1.1 200 OK\r\n" + std::string(DATE) + "Content-Type: application/json\r\nContent-Length: 3\r\n\r\n");
    REQUIRE(server.next(GET) == Event::REQUEST);
    server.protocol.answer(HttpResponse::noContent(), server.workspace);
    CHECK(server.takeOutput() == "HTTP/1.1 204 No Content\r\n" + std::string(DATE) + "\r\n");
}

TEST_CASE("Server protocol: the answer to HTTP/1.0 says whether the connection stays", "[http]") {
    LateServer server;
    REQUIRE(server.next("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") == Event::REQUEST);
    server.protocol.answer(HttpResponse(), server.workspace);
    CHECK(server.takeOutput().find("Connection: keep-alive\r\n") != std::string::npos);
    REQUIRE(server.next("GET / HTTP/1.0\r\n\r\n") == Event::REQUEST);
    server.protocol.answer(HttpResponse(), server.workspace);
    CHECK(server.takeOutput().find("Connection: close\r\n") != std::string::npos);
    CHECK(server.protocol.isOver());
}

TEST_CASE("Server protocol: answers go out in the order of their requests, whatever the order in which they are made", "[http]") {
    LateServer server;
    REQUIRE(server.next(std::string(GET) + GET + GET + GET) == Event::REQUEST);
    Answer &first = server.defer();
    REQUIRE(server.next() == Event::REQUEST);
    server.protocol.answer(HttpResponse::text("2"), server.workspace); // has to wait, though it is there at once
    REQUIRE(server.next() == Event::REQUEST);
    Answer &third = server.defer();
    REQUIRE(server.next() == Event::REQUEST);
    Answer &fourth = server.defer();
    CHECK(server.next() == Event::NEED_MORE);
    CHECK(server.protocol.unanswered() == 4);
    server.protocol.complete(third, HttpResponse::text("3"));
    server.protocol.writeReady(server.workspace);
    CHECK(server.takeOutput().empty());
    server.protocol.complete(first, HttpResponse::text("1"));
    server.protocol.writeReady(server.workspace);
    CHECK(server.takeOutput() == ok("1") + ok("2") + ok("3"));
    CHECK(third.isWritten);
    CHECK_FALSE(fourth.isWritten);
    server.protocol.complete(fourth, HttpResponse::text("4"));
    server.protocol.writeReady(server.workspace);
    CHECK(server.takeOutput() == ok("4"));
    CHECK(server.protocol.unanswered() == 0);
}

TEST_CASE("Server protocol: what is pipelined behind a request that closes is not looked at", "[http]") {
    LateServer server;
    REQUIRE(server.next("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + std::string(GET)) == Event::REQUEST);
    Answer &answer = server.defer();
    CHECK(server.next() == Event::NEED_MORE);
    CHECK_FALSE(server.protocol.isOver());
    server.protocol.complete(answer, HttpResponse::text("1"));
    server.protocol.writeReady(server.workspace);
    CHECK(server.takeOutput().find("Connection: close\r\n") != std::string::npos);
    CHECK(server.protocol.isOver());
}

TEST_CASE("Server protocol: only the last answer says that the connection closes", "[http]") {
    LateServer server;
    REQUIRE(server.next(std::string(GET) + GET) == Event::REQUEST);
    Answer &first = server.defer();
    REQUIRE(server.next() == Event::REQUEST);
    Answer &second = server.defer();
    server.protocol.stopReading();
    server.protocol.complete(first, HttpResponse::text("1"));
    server.protocol.complete(second, HttpResponse::text("2"));
    server.protocol.writeReady(server.workspace);
    std::string const out = server.takeOutput();
    CHECK(out.starts_with(ok("1")));
    CHECK(out.substr(ok("1").size()).find("Connection: close\r\n") != std::string::npos);
    CHECK(server.protocol.isOver());
}

TEST_CASE("Server protocol: input that is held back is gone on with later", "[http]") {
    LateServer server;
    REQUIRE(server.next(std::string(GET) + GET + "GET /b HTTP/1.1\r\nHo") == Event::REQUEST);
    Answer &first = server.defer();
    server.protocol.hold(server.input, server.workspace);
    CHECK(server.input.empty());
    CHECK(server.protocol.hasHeld());
    server.protocol.complete(first, HttpResponse::text("1"));
    server.protocol.writeReady(server.workspace);
    REQUIRE(server.next() == Event::REQUEST);
    server.protocol.answer(HttpResponse(), server.workspace);
    CHECK(server.next() == Event::NEED_MORE);
    CHECK_FALSE(server.protocol.hasHeld());
    CHECK(server.protocol.isInsideHead());
    REQUIRE(server.next("st: h\r\n\r\n") == Event::REQUEST);
    CHECK(server.protocol.message().path() == "/b");
}

TEST_CASE("Server protocol: a client that waits for 100 Continue gets it when its body is welcome", "[http]") {
    LateServer server;
    std::string const head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n";
    REQUIRE(server.next(head) == Event::HEAD);
    server.protocol.welcomeBody(server.workspace);
    CHECK(server.takeOutput() == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(server.next() == Event::NEED_MORE);
    REQUIRE(server.next("abc") == Event::REQUEST);
    CHECK(server.protocol.message().body() == "abc");

    SECTION("not when the body came without waiting") {
        REQUIRE(server.next(head + "abc") == Event::REQUEST);
        CHECK(server.takeOutput().empty());
        REQUIRE(server.next(head + "ab") == Event::HEAD);
        server.protocol.welcomeBody(server.workspace);
        CHECK(server.takeOutput().empty());
    }
    SECTION("behind the answers that come before") {
        server.protocol.answer(HttpResponse(), server.workspace);
        REQUIRE(server.next(GET + head) == Event::REQUEST);
        Answer &before = server.defer();
        REQUIRE(server.next() == Event::HEAD);
        server.takeOutput();
        server.protocol.welcomeBody(server.workspace);
        CHECK(server.takeOutput().empty());
        server.protocol.complete(before, HttpResponse::text("1"));
        server.protocol.writeReady(server.workspace);
        CHECK(server.takeOutput() == ok("1") + "HTTP/1.1 100 Continue\r\n\r\n");
    }
}

TEST_CASE("Server protocol: behind a body that was read in parts 100 Continue comes too, once the answers before it are written",
          "[http]") {
    LateServer server;
    REQUIRE(server.next("POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n") == Event::HEAD);
    server.protocol.readInParts();
    Answer &before = server.defer();
    server.protocol.welcomeBody(server.workspace);
    REQUIRE(server.next("hello") == Event::PART);
    REQUIRE(server.protocol.isPartLast());
    REQUIRE(server.next() == Event::NEED_MORE);
    std::string const head = "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    SECTION("at once when they are") {
        server.protocol.complete(before, HttpResponse::text("1"));
        server.protocol.writeReady(server.workspace);
        CHECK(server.takeOutput() == ok("1"));
        REQUIRE(server.next(head) == Event::HEAD);
        server.protocol.welcomeBody(server.workspace);
        CHECK(server.takeOutput() == "HTTP/1.1 100 Continue\r\n\r\n");
    }
    SECTION("and not in the middle of one") {
        server.protocol.complete(before, HttpResponse::stream(nothing()));
        server.protocol.writeReady(server.workspace);
        server.protocol.writePart(before, "a", server.workspace);
        server.takeOutput();
        REQUIRE(server.next(head) == Event::HEAD);
        server.protocol.welcomeBody(server.workspace);
        server.protocol.writePart(before, "b", server.workspace);
        server.protocol.endStream(before, server.workspace);
        CHECK(server.takeOutput() == "1\r\nb\r\n0\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
    }
}

TEST_CASE("Server protocol: an answer before the body has come ends the connection", "[http]") {
    LateServer server;
    REQUIRE(server.next("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n") == Event::HEAD);
    server.protocol.answer(HttpResponse::notFound(), server.workspace);
    std::string const out = server.takeOutput();
    CHECK(out.starts_with("HTTP/1.1 404 Not Found\r\n"));
    CHECK(out.find("Connection: close\r\n") != std::string::npos);
    CHECK(server.protocol.isOver());
    CHECK(server.next("abc") == Event::NEED_MORE);
}

TEST_CASE("Server protocol: a body read in parts comes out whole, and the next request after it", "[http]") {
    std::string const chunked =
        "POST /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nT: 1\r\n\r\n";
    std::string const plain = "POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello world";
    for (std::string const &request : {chunked, plain}) {
        std::string const all = request + GET;
        std::size_t const headSize = request.find("\r\n\r\n") + 4;
        for (std::size_t split = headSize; split + 1 < request.size(); ++split) {
            INFO("split at byte " << split);
            LateServer server;
            REQUIRE(server.next(all.substr(0, split)) == Event::HEAD);
            server.protocol.readInParts();
            Answer &answer = server.defer();
            std::string body;
            bool isLast = false;
            auto const drain = [&](Event event) {
                for (; event == Event::PART; event = server.next()) {
                    body += server.protocol.part();
                    isLast = server.protocol.isPartLast();
                    if (isLast) return;
                }
            };
            drain(server.next());
            CHECK_FALSE(isLast);
            drain(server.next(all.substr(split)));
            CHECK(isLast);
            CHECK(body == "hello world");
            REQUIRE(server.next() == Event::REQUEST);
            CHECK(server.protocol.message().path() == "/a");
            server.protocol.complete(answer, HttpResponse::text("1"));
            server.protocol.writeReady(server.workspace);
            CHECK(server.takeOutput() == ok("1"));
        }
    }
}

TEST_CASE("Server protocol: a body that turns out malformed in parts ends the connection after its answer", "[http]") {
    LateServer server;
    REQUIRE(server.next("POST /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel") == Event::HEAD);
    server.protocol.readInParts();
    Answer &answer = server.defer();
    REQUIRE(server.next() == Event::PART);
    CHECK(server.protocol.part() == "hel");
    CHECK(server.next("loX") == Event::REFUSED);
    CHECK(server.takeOutput().empty());
    server.protocol.complete(answer, HttpResponse::badRequest());
    server.protocol.writeReady(server.workspace);
    CHECK(server.takeOutput().find("Connection: close\r\n") != std::string::npos);
    CHECK(server.protocol.isOver());
}

TEST_CASE("Server protocol: a streamed answer is chunked, or ends with the connection for HTTP/1.0", "[http]") {
    LateServer server;
    SECTION("chunked") {
        REQUIRE(server.next(std::string(GET) + GET) == Event::REQUEST);
        Answer &answer = server.defer();
        REQUIRE(server.next() == Event::REQUEST);
        server.protocol.answer(HttpResponse::text("next"), server.workspace);
        server.protocol.complete(answer, HttpResponse::stream(nothing()));
        server.protocol.writeReady(server.workspace);
        REQUIRE(answer.isStreamBegun);
        server.protocol.writePart(answer, "hello", server.workspace);
        server.protocol.writePart(answer, "", server.workspace);
        server.protocol.writePart(answer, std::string(26, 'x'), server.workspace);
        server.protocol.endStream(answer, server.workspace);
        CHECK(server.takeOutput() == "HTTP/1.1 200 OK\r\n" + std::string(DATE) +
                                         "Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                                         "5\r\nhello\r\n1a\r\n" +
                                         std::string(26, 'x') + "\r\n0\r\n\r\n" + ok("next"));
        CHECK(answer.isWritten);
        CHECK_FALSE(server.protocol.isOver());
    }
    SECTION("until the connection closes") {
        REQUIRE(server.next("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") == Event::REQUEST);
        Answer &answer = server.defer();
        server.protocol.complete(answer, HttpResponse::stream(nothing()));
        server.protocol.writeReady(server.workspace);
        server.protocol.writePart(answer, "hello", server.workspace);
        CHECK_FALSE(server.protocol.isOver());
        server.protocol.endStream(answer, server.workspace);
        CHECK(server.protocol.isOver());
        std::string const out = server.takeOutput();
        CHECK(out.ends_with("Connection: close\r\n\r\nhello"));
        CHECK(out.find("Transfer-Encoding") == std::string::npos);
    }
    SECTION("without a body for HEAD") {
        REQUIRE(server.next("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n") == Event::REQUEST);
        Answer &answer = server.defer();
        server.protocol.complete(answer, HttpResponse::stream(nothing()));
        server.protocol.writeReady(server.workspace);
        CHECK(answer.isWritten);
        CHECK_FALSE(answer.isStreamBegun);
        CHECK(server.takeOutput().ends_with("Transfer-Encoding: chunked\r\n\r\n"));
    }
    SECTION("cut off when it cannot go on") {
        REQUIRE(server.next(GET) == Event::REQUEST);
        Answer &answer = server.defer();
        server.protocol.complete(answer, HttpResponse::stream(nothing()));
        server.protocol.writeReady(server.workspace);
        server.protocol.breakStream(answer);
        CHECK(server.protocol.isOver());
        CHECK_FALSE(server.takeOutput().ends_with("0\r\n\r\n"));
        CHECK_FALSE(server.protocol.wouldLookWhole(true));
    }
}

TEST_CASE("Server protocol: a stream to an old client would look whole without its end, until all of it is written and sent", "[http]") {
    LateServer server;
    REQUIRE(server.next("GET / HTTP/1.0\r\n\r\n") == Event::REQUEST);
    CHECK_FALSE(server.protocol.wouldLookWhole(true));
    Answer &answer = server.defer();
    server.protocol.complete(answer, HttpResponse::stream(nothing()));
    server.protocol.writeReady(server.workspace);
    CHECK(server.protocol.wouldLookWhole(false));
    SECTION("it ends") {
        server.protocol.endStream(answer, server.workspace);
        CHECK(server.protocol.wouldLookWhole(true));
        CHECK_FALSE(server.protocol.wouldLookWhole(false));
    }
    SECTION("it breaks") {
        server.protocol.breakStream(answer);
        CHECK(server.protocol.isOver());
        CHECK(server.protocol.wouldLookWhole(false));
    }
    SECTION("the connection goes") {
        server.protocol.abandon();
        CHECK(server.protocol.wouldLookWhole(false));
    }
}

TEST_CASE("Server protocol: a request that does not arrive in time gets 408", "[http]") {
    LateServer server;
    CHECK(server.next("GET / HT") == Event::NEED_MORE);
    CHECK(server.protocol.isInsideHead());
    server.protocol.refuseSlow(server.workspace);
    CHECK(server.takeOutput().starts_with("HTTP/1.1 408 Request Timeout\r\n"));
    CHECK(server.protocol.isOver());
}

TEST_CASE("Server protocol: answers that are due when the connection goes are told", "[http]") {
    LateServer server;
    REQUIRE(server.next(std::string(GET) + GET) == Event::REQUEST);
    Answer &first = server.defer();
    REQUIRE(server.next() == Event::REQUEST);
    Answer &second = server.defer();
    server.protocol.abandon();
    CHECK(first.isGone);
    CHECK(second.isGone);
    CHECK(server.protocol.unanswered() == 0);
}

TEST_CASE("Server protocol: nothing is kept between whole requests", "[http]") {
    LateServer server;
    REQUIRE(server.next("GET / HT") == Event::NEED_MORE);
    REQUIRE(server.next("TP/1.1\r\nHost: h\r\n\r\n") == Event::REQUEST);
    server.protocol.answer(HttpResponse(), server.workspace);
    CHECK(server.next() == Event::NEED_MORE);
    CHECK_FALSE(server.protocol.isInsideHead());
    CHECK_FALSE(server.protocol.hasHeld());
    CHECK(sizeof(Detail::ServerProtocol) <= 128);
}
