#include <ichor/model/ServiceState.h>

namespace Ichor {

std::string_view toString(ServiceState state) noexcept {
    switch (state) {
    case ServiceState::INSTALLED: return "INSTALLED";
    case ServiceState::STARTING: return "STARTING";
    case ServiceState::INJECTING: return "INJECTING";
    case ServiceState::ACTIVE: return "ACTIVE";
    case ServiceState::UNINJECTING: return "UNINJECTING";
    case ServiceState::STOPPING: return "STOPPING";
    case ServiceState::UNINSTALLED: return "UNINSTALLED";
    }
    return "UNKNOWN";
}

} // namespace Ichor
