#pragma once

#include <ichor/base/Time.h>
#include <ichor/event_queues/SteadyClock.h>

#include <cstdint>

namespace Ichor::Detail {

/// A clock for lengths of time that costs half of what the system's does: the processor's time stamp counter, where that runs evenly. Its
/// ticks are those of this machine since it started; two of them tell how far they are apart.
///
/// Threads:   any
class TickClock {
public:
    /// Measures the counter against the system's clock when that has not been done: takes some milliseconds.
    TickClock() noexcept;

    [[nodiscard]] std::uint64_t now() const noexcept {
#if defined(__x86_64__)
        if (_hasCounter) [[likely]]
            return __builtin_ia32_rdtsc();
#endif
        return static_cast<std::uint64_t>(steadyNow().time_since_epoch().count());
    }

    [[nodiscard]] Duration toDuration(std::uint64_t ticks) const noexcept {
        __extension__ using Wide = unsigned __int128;
        return Duration(static_cast<std::int64_t>(static_cast<Wide>(ticks) * _nanosecondsPerTick >> SCALE_BITS));
    }
    [[nodiscard]] std::uint64_t toTicks(Duration duration) const noexcept {
        return static_cast<std::uint64_t>(static_cast<double>(duration.count()) * _ticksPerNanosecond);
    }

private:
    static constexpr unsigned SCALE_BITS = 32;

    bool _hasCounter = false;
    std::uint64_t _nanosecondsPerTick = std::uint64_t{1} << SCALE_BITS; // times 2^SCALE_BITS
    double _ticksPerNanosecond = 1.0;
};

} // namespace Ichor::Detail
