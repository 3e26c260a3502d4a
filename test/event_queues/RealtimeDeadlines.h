#pragma once

#include <chrono>
#include <ichor/Ichor.h>
#include <ichor/event_queues/RealtimeQueue.h>

namespace Ichor::Testing {

inline constexpr ServiceId ORIGIN{7};

/// Of a queue that needs no privilege and little memory.
inline RealtimeSettings modest() {
    RealtimeSettings settings;
    settings.realtime = Realtime::BestEffort;
    settings.priority = 1;
    settings.isMemoryLocked = false;
    settings.stackBytes = settings.heapBytes = 0;
    return settings;
}

/// None of the tests runs so long.
inline TimePoint inSomeHours(int hours) { return std::chrono::steady_clock::now() + std::chrono::hours(hours); }

} // namespace Ichor::Testing
