#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace Benchmarks {

using Clock = std::chrono::steady_clock;

/// A number that only some benchmarks have, such as a percentile, with its unit in its name: {"p50_ns", 1200}.
using Figure = std::pair<std::string, double>;

/// What one run of one part gave.
struct Measurement {
    std::uint64_t operations = 0; // of all threads together
    std::uint64_t nanoseconds = 0;
    std::vector<Figure> figures;

    // Filled in by the suite.
    std::string part;
    unsigned threads = 1;
    // In user and system mode, of all threads and processes: what other programs on the machine disturb least.
    std::uint64_t cpuNanoseconds = 0;
    std::uint64_t peakBytes = 0; // the process's maximum resident set
    std::uint64_t baseBytes = 0; // what was resident when the part began
    bool hasBytesEach = false;   // whether bytesEach() says anything

    [[nodiscard]] double nanosecondsEach() const { return static_cast<double>(nanoseconds) / static_cast<double>(operations); }
    [[nodiscard]] double perSecond() const { return 1e9 / nanosecondsEach(); }
    [[nodiscard]] double bytesEach() const { return static_cast<double>(peakBytes - baseBytes) / static_cast<double>(operations); }
};

/// Time since `begin`, as a Measurement counts it.
[[nodiscard]] inline std::uint64_t nanosecondsSince(Clock::time_point begin) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count());
}

} // namespace Benchmarks
