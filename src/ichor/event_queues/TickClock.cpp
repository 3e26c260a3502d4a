#include <ichor/event_queues/TickClock.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace Ichor::Detail {

namespace {

#if defined(__x86_64__)
// At one rate whatever the processor's is, also while it sleeps: "invariant TSC".
bool hasInvariantCounter() noexcept {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & (1U << 8)) != 0;
}

struct Sample {
    std::uint64_t ticks;
    TimePoint time;
};

// Of several tries, the one in which the least time passed between the two clocks.
Sample sample() noexcept {
    constexpr int TRIES = 20;
    Sample best{};
    std::uint64_t least = ~std::uint64_t{0};
    for (int i = 0; i < TRIES; ++i) {
        std::uint64_t const before = __builtin_ia32_rdtsc();
        TimePoint const time = steadyNow();
        std::uint64_t const after = __builtin_ia32_rdtsc();
        if (after - before >= least) continue;
        least = after - before;
        best = {.ticks = before + least / 2, .time = time};
    }
    return best;
}

// 0: it is not to be trusted.
double measureTicksPerNanosecond() noexcept {
    constexpr Duration MEASURED = std::chrono::milliseconds(5);
    if (!hasInvariantCounter()) return 0;
    Sample const first = sample();
    while (steadyNow() - first.time < MEASURED) relaxProcessor();
    Sample const second = sample();
    if (second.ticks <= first.ticks) return 0;
    return static_cast<double>(second.ticks - first.ticks) / static_cast<double>((second.time - first.time).count());
}
#else
double measureTicksPerNanosecond() noexcept { return 0; }
#endif

} // namespace

TickClock::TickClock() noexcept {
    static double const ticksPerNanosecond = measureTicksPerNanosecond();
    if (ticksPerNanosecond <= 0) return;
    _hasCounter = true;
    _ticksPerNanosecond = ticksPerNanosecond;
    _nanosecondsPerTick = static_cast<std::uint64_t>(static_cast<double>(std::uint64_t{1} << SCALE_BITS) / ticksPerNanosecond);
}

} // namespace Ichor::Detail
