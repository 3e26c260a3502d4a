#pragma once

#include <ichor/base/Expected.h>
#include <ichor/base/Time.h>
#include <ichor/model/Properties.h>
#include <ichor/model/StartError.h>
#include <ichor/services/http/HttpLimits.h>

#include <cstdint>
#include <string>

namespace Ichor {

/// The properties of an HttpHostService: each of the same name in PascalCase, those of the limits included.
///
/// Units:     times as any std::chrono duration
struct HttpHostConfig {
    std::string address{"127.0.0.1"}; // numeric, IPv4 or IPv6, or "localhost"
    std::uint16_t port{0};            // 0: any that is free
    std::uint32_t backlog{4096};
    bool reusePort{false};                         // several hosts, one a thread, share the port
    Duration stopTimeout{std::chrono::seconds{2}}; // for requests that run when the host stops
    HttpLimits limits;

    /// Errors:    names the key, the value and what was expected
    [[nodiscard]] static Expected<HttpHostConfig, StartError> from(Properties const &properties);
};

} // namespace Ichor
