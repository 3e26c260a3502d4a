#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace Benchmarks {

/// Counts times in steps of 1/64 of their size: exact to 1.6 %, whatever their number.
class LatencyHistogram final {
public:
    void add(std::uint64_t nanoseconds) {
        ++_counts[placeOf(nanoseconds)];
        ++_count;
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return _count; }

    /// At most so many nanoseconds took this share of all.
    [[nodiscard]] double percentile(double share) const {
        auto left = static_cast<std::uint64_t>(share * static_cast<double>(_count));
        for (std::size_t place = 0; place < _counts.size(); ++place) {
            if (_counts[place] >= left && _counts[place] != 0) return static_cast<double>(valueAt(place));
            left -= _counts[place];
        }
        return 0;
    }

private:
    static constexpr unsigned STEP_BITS = 6;
    static constexpr std::uint64_t STEPS = 1U << STEP_BITS;

    static std::size_t placeOf(std::uint64_t value) noexcept {
        if (value < STEPS) return static_cast<std::size_t>(value);
        auto const shift = static_cast<unsigned>(std::bit_width(value)) - STEP_BITS - 1;
        return static_cast<std::size_t>((shift + 1) * STEPS + (value >> shift) - STEPS);
    }
    static std::uint64_t valueAt(std::size_t place) noexcept {
        if (place < STEPS) return place;
        return (STEPS + place % STEPS) << (place / STEPS - 1);
    }

    std::array<std::uint64_t, 64 * STEPS> _counts{};
    std::uint64_t _count = 0;
};

} // namespace Benchmarks
