#pragma once

#include <ichor/model/ServiceId.h>

#include <exception>
#include <string>

namespace Ichor {

/// What went wrong while an event was handled, and where.
struct EventError {
    std::string message;
    std::exception_ptr exception; // nullptr = nothing was thrown
    ServiceId handler;            // the service whose handler failed
    std::string handlerName;
};

} // namespace Ichor
