#pragma once

#include <ichor/base/Time.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace Ichor {

/// What a LatencyHistogram held at some moment. Values are upper bounds: a percentile is at most 3.2 % too large, and never too small.
class LatencySummary {
public:
    [[nodiscard]] std::uint64_t count() const noexcept { return _count; }
    [[nodiscard]] Duration least() const noexcept { return _least; } ///< exact; zero when there is none
    [[nodiscard]] Duration most() const noexcept { return _most; }   ///< exact

    /// So many percent of the values are not above the result; zero when there are none.
    [[nodiscard]] Duration percentile(double percent) const noexcept;

    /// "min 1.2 us, p50 … us, p99 … us, p99.9 … us, max … us (12,345 values)"
    [[nodiscard]] std::string toString() const;

    /// {"unit":"ns","count":…,"min":…,"p50":…,"p99":…,"p99.9":…,"max":…,"buckets":[[upper bound, count],…]}, empty buckets left out.
    [[nodiscard]] std::string toJson() const;

private:
    friend class LatencyHistogram;

    std::uint64_t _count = 0;
    Duration _least{};
    Duration _most{};
    std::vector<std::uint64_t> _counts;
};

/// Counts how long something took, in constant memory (9 KiB): exact below 64 ns, from there on in 32 steps to each doubling, up to 18
/// minutes.
///
/// Threads:   record() and clear() one; summary() any, without a lock, and may then miss what is recorded meanwhile
class LatencyHistogram {
public:
    void record(Duration value) noexcept {
        std::uint64_t const nanoseconds = value.count() < 0 ? 0 : static_cast<std::uint64_t>(value.count());
        // The bounds first: who sees the count sees them too.
        if (nanoseconds < _least.load(std::memory_order_relaxed)) _least.store(nanoseconds, std::memory_order_relaxed);
        if (nanoseconds > _most.load(std::memory_order_relaxed)) _most.store(nanoseconds, std::memory_order_relaxed);
        countOne(_counts[bucketOf(nanoseconds)]);
    }

    void clear() noexcept;

    /// Errors:    std::bad_alloc
    [[nodiscard]] LatencySummary summary() const;

    static constexpr std::uint64_t LARGEST = (std::uint64_t{1} << 40) - 1; // what is more counts as this, but for most()

    [[nodiscard]] static constexpr std::size_t bucketOf(std::uint64_t nanoseconds) noexcept {
        if (nanoseconds > LARGEST) nanoseconds = LARGEST;
        // The six leading bits: one that is always set, and five that tell the step.
        unsigned const shift = nanoseconds < 64 ? 0U : static_cast<unsigned>(std::bit_width(nanoseconds)) - 6U;
        return shift * 32U + static_cast<std::size_t>(nanoseconds >> shift);
    }

    /// The largest value that belongs in there.
    [[nodiscard]] static constexpr std::uint64_t boundOf(std::size_t bucket) noexcept {
        if (bucket < 64) return bucket;
        std::size_t const shift = bucket / 32 - 1;
        return ((bucket % 32 + 33) << shift) - 1;
    }

private:
    static constexpr std::size_t BUCKETS = 34 * 32 + 64;

    // One writer, so a load and a store are enough.
    static void countOne(std::atomic<std::uint64_t> &count) noexcept {
        count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }

    std::atomic<std::uint64_t> _least{std::numeric_limits<std::uint64_t>::max()};
    std::atomic<std::uint64_t> _most{0};
    std::array<std::atomic<std::uint64_t>, BUCKETS> _counts{};
};

static_assert(LatencyHistogram::bucketOf(LatencyHistogram::LARGEST) + 1 == 34 * 32 + 64);

} // namespace Ichor
