// The request vectors of llhttp, which is strict: what it refuses is refused here, and what it accepts is accepted, but for what this
// server is meant to refuse. They are read from the folder in ICHOR_HTTP_VECTORS.

#include "ProtocolFixture.h"

#include <ichor/services/serialization/RapidJsonSerializer.h>

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace Ichor;
using namespace Ichor::Testing;
using Detail::Refusal;

namespace {

struct Vector {
    std::string file;
    std::string name;
    std::string type;
    std::string b64;
    std::optional<std::string> error;
    std::optional<int> code; // llhttp's
};

struct Vectors {
    std::vector<Vector> vectors;
};

} // namespace

template <>
struct Ichor::JsonFields<Vector> {
    static constexpr auto FIELDS =
        std::tuple{JsonField{"file", &Vector::file}, JsonField{"name", &Vector::name},   JsonField{"type", &Vector::type},
                   JsonField{"b64", &Vector::b64},   JsonField{"error", &Vector::error}, JsonField{"code", &Vector::code}};
};

template <>
struct Ichor::JsonFields<Vectors> {
    static constexpr auto FIELDS = std::tuple{JsonField{"vectors", &Vectors::vectors}};
};

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
    auto const read = RapidJsonSerializer<Vectors>().deserialize(text);
    REQUIRE(read.has_value());

    std::size_t refused = 0;
    std::size_t accepted = 0;
    std::size_t stricter = 0; // on purpose
    for (Vector const &vector : read->vectors) {
        if (vector.type.find("lenient") != std::string::npos) continue; // nothing is lenient here
        INFO(vector.file << ": " << vector.name);
        std::string const bytes = withHost(decodedBase64(vector.b64));
        ProtocolFixture server;
        server.feed(bytes);
        int const code = vector.code.value_or(0);
        bool const isPause = code >= 21 && code <= 23; // what llhttp hands over: upgrades, tunnels
        if (!vector.error || isPause) {
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
