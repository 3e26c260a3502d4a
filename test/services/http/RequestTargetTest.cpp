#include "ProtocolFixture.h"

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

struct Target {
    std::string path;
    std::string query;
    std::string host;
};

Target read(std::string_view target, std::string_view method = "GET") {
    ProtocolFixture server;
    server.answersAtOnce = false;
    std::string const text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: field:1\r\n\r\n";
    std::vector<char> buffer(text.begin(), text.end());
    std::span<char> input(buffer);
    if (server.protocol.next(input, server.workspace) != Detail::ServerProtocol::Event::REQUEST) return {"refused", "", ""};
    HttpRequest const request(server.protocol.message(), nullptr);
    return {std::string(request.path()), std::string(request.queryString()), std::string(request.host())};
}

} // namespace

TEST_CASE("Request target: percent signs are decoded and dot segments taken out", "[http]") {
    CHECK(read("/").path == "/");
    CHECK(read("/a/b.html").path == "/a/b.html");
    CHECK(read("/a%20b%C3%A4").path == "/a b\xc3\xa4");
    CHECK(read("/%61%2e%62").path == "/a.b");
    CHECK(read("/a/./b").path == "/a/b");
    CHECK(read("/a/../b").path == "/b");
    CHECK(read("/a/b/..").path == "/a/");
    CHECK(read("/a/b/.").path == "/a/b/");
    CHECK(read("/a/..").path == "/");
    CHECK(read("/.").path == "/");
    CHECK(read("/a/%2E%2e/b").path == "/b");
    CHECK(read("/.well-known/x").path == "/.well-known/x");
    CHECK(read("/...").path == "/...");
    CHECK(read("//a//").path == "//a//");
    CHECK(read("/%25").path == "/%");
}

TEST_CASE("Request target: an encoded slash stays encoded, so that it is no end of a segment", "[http]") {
    CHECK(read("/a%2fb/c").path == "/a%2Fb/c");
    CHECK(read("/a/..%2f..%2fetc").path == "/a/..%2F..%2Fetc");
}

TEST_CASE("Request target: the query is what follows the first question mark", "[http]") {
    Target const target = read("/a/b?x=/../%41?&y");
    CHECK(target.path == "/a/b");
    CHECK(target.query == "x=/../%41?&y");
    CHECK(read("/a?").query.empty());
}

TEST_CASE("Request target: the absolute form names the host, whatever the Host field says", "[http]") {
    Target const target = read("http://example.org:8080/a%20b?q=1");
    CHECK(target.path == "/a b");
    CHECK(target.query == "q=1");
    CHECK(target.host == "example.org:8080");
    CHECK(read("HTTP://h").path == "/");
    CHECK(read("https://[::1]:443?x").query == "x");
    CHECK(read("/a").host == "field:1");
}

TEST_CASE("Request target: a host is a name, an address of version 4, 6 or to come, and may have a port", "[http]") {
    for (std::string const host :
         {"h", "h:", "h:0", "h:65535", "h:00080", "a%2Db", "a%c3%A4:1", "a_b!$&'()*+,;=~", "127.0.0.1:80", "[::]", "[::1]:", "[::1]:443",
          "[2001:db8::a:1]", "[1:2:3:4:5:6:7:8]", "[::ffff:127.0.0.1]:1", "[v1.a:b]", "[VF0.~!]:80"}) {
        INFO(host);
        CHECK(read("http://" + host + "/").host == host);
    }
}

TEST_CASE("Request target: the asterisk is for OPTIONS alone", "[http]") {
    CHECK(read("*", "OPTIONS").path == "*");
    CHECK(read("*", "GET").path == "refused");
}

TEST_CASE("Request: a query is decoded when it is asked for", "[http]") {
    ProtocolFixture server;
    std::string text = "GET /?page=2&q=a+b%26c&flag&empty=&page=3&bad=%zz&%6b=v HTTP/1.1\r\nHost: h\r\n\r\n";
    std::span<char> input(text);
    REQUIRE(server.protocol.next(input, server.workspace) == Detail::ServerProtocol::Event::REQUEST);
    HttpRequest const request(server.protocol.message(), nullptr);
    CHECK(request.query("page") == "2");
    CHECK(request.query("q") == "a b&c");
    CHECK(request.query("flag") == "");
    CHECK(request.query("empty") == "");
    CHECK(request.query("bad") == "%zz");
    CHECK(request.query("k") == "v");
    CHECK_FALSE(request.query("none").has_value());
    CHECK(request.header("hOsT") == "h");
    CHECK_FALSE(request.header("Accept").has_value());
    CHECK(request.param("id").empty());
}
