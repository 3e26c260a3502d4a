#pragma once

#include <ichor/base/Expected.h>
#include <ichor/base/Time.h>
#include <ichor/model/Properties.h>
#include <ichor/model/StartError.h>

#include <cstdint>
#include <string>

namespace Ichor {

/// The properties of an HttpConnectionService, each of the same name in PascalCase.
///
/// Units:     times as any std::chrono duration
struct HttpConnectionConfig {
    std::string address{"127.0.0.1"}; // numeric, IPv4 or IPv6, or "localhost"
    std::uint16_t port{80};
    Duration timeout{std::chrono::seconds{30}}; // of one request, the connection included
    std::uint32_t connections{16};              // open at once; further requests wait for one
    std::uint32_t headerBytes{32 * 1024};       // of a response
    std::uint64_t bodyBytes{64 * 1024 * 1024};  // of a response

    /// Errors:    names the key, the value and what was expected
    [[nodiscard]] static Expected<HttpConnectionConfig, StartError> from(Properties const &properties);
};

} // namespace Ichor
