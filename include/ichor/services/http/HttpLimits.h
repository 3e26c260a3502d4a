#pragma once

#include <ichor/base/Time.h>

#include <cstddef>
#include <cstdint>

namespace Ichor {

/// What a server lets one peer have. Each is set by the property of the same name in PascalCase ("HeaderBytes" …).
struct HttpLimits {
    std::uint32_t headerBytes{16 * 1024};     // request line and header fields together; beyond: 431
    std::uint32_t headerCount{100};           // fields; beyond: 431
    std::uint32_t uriBytes{8 * 1024};         // request target; beyond: 414
    std::uint64_t bodyBytes{8 * 1024 * 1024}; // after decoding; beyond: 413
    std::uint32_t trailerBytes{8 * 1024};     // trailer fields of a chunked body; beyond: 431
    std::uint32_t chunkExtensionBytes{1024};  // extensions of all chunks of one body together; beyond: 400

    std::uint32_t pipelinedRequests{64};   // unanswered ones on one connection; beyond: reading pauses
    std::uint32_t unsentBytes{256 * 1024}; // answers that the peer does not take; beyond: reading pauses
    std::uint32_t connections{100'000};    // open at once; beyond: new ones wait in the backlog

    Duration headerTimeout{std::chrono::seconds{10}}; // from a request's first byte to the end of its header; beyond: 408
    Duration bodyTimeout{std::chrono::seconds{30}};   // for a body, and on top of it what its bytes take at the slowest; beyond: 408
    std::uint32_t bodyBytesPerSecond{1024};           // … which is this
    Duration idleTimeout{std::chrono::seconds{75}};   // between requests; beyond: closed
    Duration sendTimeout{std::chrono::seconds{30}};   // without the peer taking any byte of an answer; beyond: closed
};

} // namespace Ichor
