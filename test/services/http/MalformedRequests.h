#pragma once

#include <ichor/services/http/HttpLimits.h>

#include <string>
#include <vector>

namespace Ichor::Testing {

/// A request that must not be let in, and the status that says so.
struct MalformedRequest {
    int status;
    std::string bytes;
};

/// Limits that small messages exceed.
HttpLimits smallLimits();

/// Malformed, ambiguous and oversized ones, for a server with smallLimits().
std::vector<MalformedRequest> malformedRequests();

/// Oversized ones, for a server with the default limits.
std::vector<MalformedRequest> oversizedRequests();

} // namespace Ichor::Testing
