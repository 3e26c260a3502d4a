#pragma once

#include "Measurement.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace Benchmarks {

/// Times of single operations, as many as were announced, so that adding one never takes memory.
class Percentiles final {
public:
    explicit Percentiles(std::size_t count) { _nanoseconds.reserve(count); }

    void add(std::uint64_t nanoseconds) { _nanoseconds.push_back(nanoseconds); }
    [[nodiscard]] std::size_t count() const noexcept { return _nanoseconds.size(); }
    [[nodiscard]] bool isFull() const noexcept { return _nanoseconds.size() == _nanoseconds.capacity(); }

    /// Half of them took at most p50_ns, and so on.
    [[nodiscard]] std::vector<Figure> figures() {
        std::sort(_nanoseconds.begin(), _nanoseconds.end());
        return {{"p50_ns", at(0.5)}, {"p99_ns", at(0.99)}, {"p99.9_ns", at(0.999)}, {"max_ns", at(1)}};
    }

private:
    [[nodiscard]] double at(double share) const {
        if (_nanoseconds.empty()) return 0;
        auto const place = static_cast<std::size_t>(share * static_cast<double>(_nanoseconds.size()));
        return static_cast<double>(_nanoseconds[std::min(place, _nanoseconds.size() - 1)]);
    }

    std::vector<std::uint64_t> _nanoseconds;
};

} // namespace Benchmarks
