#pragma once

#include <cstdint>
#include <string_view>

namespace Ichor {

/// Where a service stands in its life:
/// INSTALLED → STARTING → INJECTING → ACTIVE → UNINJECTING → STOPPING → INSTALLED or UNINSTALLED.
enum class ServiceState : std::uint8_t {
    INSTALLED,   // known, not running: it waits for what it requires, or was stopped, or failed to start
    STARTING,    // its start() runs
    INJECTING,   // it started, and is being handed to those who asked for it
    ACTIVE,      // others may use it
    UNINJECTING, // it is being taken away from those who use it
    STOPPING,    // its stop() runs
    UNINSTALLED, // gone
};

/// The name as it is written above.
[[nodiscard]] std::string_view toString(ServiceState state) noexcept;

} // namespace Ichor
