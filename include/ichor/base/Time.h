#pragma once

#include <chrono>

namespace Ichor {

/// Lengths of time everywhere in Ichor are nanoseconds; `100ms` and its like convert by themselves.
using Duration = std::chrono::nanoseconds;

/// Points in time that never jump.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

} // namespace Ichor
