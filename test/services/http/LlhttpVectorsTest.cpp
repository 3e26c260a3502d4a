// The request vectors of llhttp, which is strict: what it refuses is refused here, and what it accepts is accepted, but for what this
// server is meant to refuse. They are read from the folder in ICHOR_HTTP_VECTORS.

#include "ProtocolFixture.h"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

#include <fstream>
#include <iterator>
#include <set>
#include <utility>

using namespace Ichor;
using namespace Ichor::Testing;
using Detail::Refusal;

namespace {

std::string decodedBase64(std::string_view text) {
    static constexpr std::string_view DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned bits = 0;
    unsigned count = 0;
    for (char c : text) {
        if (c == '=') break;
        bits = bits << 6 | static_cast<unsigned>(DIGITS.find(c));
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes.push_back(static_cast<char>(bits >> count & 0xff));
    }
    return bytes;
}

// A Host for each request that has none, which llhttp does not ask for; and for what it takes for a method.
std::string withHost(std::string bytes) {
    if (bytes.find("\r\nHost:") != std::string::npos || bytes.find("\r\nHOST:") != std::string::npos) return bytes;
    for (std::size_t at = bytes.find(" HTTP/1.1\r\n"); at != std::string::npos; at = bytes.find(" HTTP/1.1\r\n", at + 11)) {
        bytes.insert(at + 11, "Host: h\r\n");
    }
    return bytes;
}

// Where this server is stricter, and why.
bool isRefusedOnPurpose(Refusal refusal) {
    static std::set<Refusal> const REASONS{
        Refusal::METHOD_UNKNOWN, // RFC 9110 section 9.1: 501 for a method that is not implemented; llhttp knows those of RTSP, WebDAV …
        Refusal::CODING_UNKNOWN, // RFC 9112 section 6.1: 501 for a coding that is not implemented; llhttp leaves it to its user
        Refusal::CODING_NOT_CHUNKED,  // RFC 9112 section 6.3: no length can be told
        Refusal::VERSION_UNSUPPORTED, // HTTP/2.0 and 0.9 are not spoken here
        Refusal::VERSION_MALFORMED,   // a request line without a version is HTTP/0.9
        Refusal::TARGET_MALFORMED,    // RFC 9112 section 3.2: a target has no fragment, and its percent signs mean something
        Refusal::HOST_MALFORMED,      // RFC 9110 section 4.2.4: no user in front of a host
        Refusal::LENGTH_MISSING,      // HTTP/1.0 cannot say that a body is empty but by its length
    };
    return REASONS.contains(refusal);
}

} // namespace

TEST_CASE("llhttp's vectors: refused where llhttp refuses, accepted where it accepts, but for what is stricter on purpose", "[http]") {
    if (std::string_view(ICHOR_HTTP_VECTORS).empty()) {
        WARN("left out: ICHOR_HTTP_VECTORS names no folder with llhttp's vectors");
        return;
    }
    std::ifstream file(ICHOR_HTTP_VECTORS "/llhttp_request.json", std::ios::binary);
    REQUIRE(file);
    std::string const text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    rapidjson::Document document;
    document.Parse(text.data(), text.size());
    REQUIRE_FALSE(document.HasParseError());

    std::size_t refused = 0;
    std::size_t accepted = 0;
    std::size_t stricter = 0; // on purpose
    for (auto const &vector : document["vectors"].GetArray()) {
        if (std::string_view(vector["type"].GetString()).find("lenient") != std::string_view::npos) continue; // nothing is lenient here
        INFO(vector["file"].GetString() << ": " << vector["name"].GetString());
        std::string const bytes = withHost(decodedBase64(vector["b64"].GetString()));
        ProtocolFixture server;
        server.feed(bytes);
        int const code = vector["code"].IsNull() ? 0 : vector["code"].GetInt();
        bool const isPause = code >= 21 && code <= 23; // what llhttp hands over: upgrades, tunnels
        if (vector["error"].IsNull() || isPause) {
            if (isRefusedOnPurpose(server.refusal)) {
                ++stricter;
            } else {
                CHECK(server.refusal == Refusal::NONE);
                ++accepted;
            }
            continue;
        }
        ++refused;
        if (code == 5) {
            // Data behind a request that closes: it is not looked at, which is what RFC 9112 section 9.6 asks of a server.
            CHECK(server.requests.size() == (server.refusal == Refusal::NONE ? 1 : 0));
            CHECK(server.protocol.isOver());
            continue;
        }
        // Some vectors stop in the middle of a line: the verdict may need its end.
        if (server.refusal == Refusal::NONE) server.feed("\r\n\r\n");
        CHECK(server.refusal != Refusal::NONE);
    }
    CHECK(refused > 40);
    CHECK(accepted > 50);
    CHECK(stricter < 30);
}
