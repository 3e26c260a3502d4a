#pragma once

#include <cstdint>
#include <string>

namespace Ichor::Testing {

/// What a thread did between two points that one in steady state does not do.
struct SteadyStateCounts {
    std::uint64_t allocations = 0;         ///< operator new, malloc and their like; one that is made of another counts once
    std::uint64_t minorFaults = 0;         ///< pages that were in memory, but not yet this process's
    std::uint64_t majorFaults = 0;         ///< pages that had to be read
    std::uint64_t voluntarySwitches = 0;   ///< it waited
    std::uint64_t involuntarySwitches = 0; ///< somebody else took its processor
    std::string firstAllocation{};         ///< the stack of the first one, a function a line, the innermost first; empty: there was none

    [[nodiscard]] std::uint64_t pageFaults() const noexcept { return minorFaults + majorFaults; }

    /// In a line, and the stack below it.
    [[nodiscard]] std::string toString() const;
};

/// Counts what the thread does from the moment it is made. Linking this module replaces operator new and malloc of the program by ones
/// that count and then call those that were there before; elsewhere that costs a nanosecond. Build what you test without a sanitizer to
/// judge by it: sanitizers let nothing be used again.
///
/// Threads:   the one that made it, and only one at a time on each
/// Example:   test/services/testing/SteadyStateTest.cpp
class SteadyState {
public:
    SteadyState() noexcept;
    SteadyState(SteadyState const &) = delete;
    SteadyState &operator=(SteadyState const &) = delete;
    ~SteadyState();

    /// What was counted until now. Counting ends with the first call, and asking again gives the same.
    [[nodiscard]] SteadyStateCounts counts();

private:
    struct Kernel {
        std::uint64_t minorFaults;
        std::uint64_t majorFaults;
        std::uint64_t voluntarySwitches;
        std::uint64_t involuntarySwitches;
    };
    [[nodiscard]] static Kernel askKernel() noexcept;

    Kernel _before{};
    bool _isCounting = true;
    SteadyStateCounts _counts;
};

} // namespace Ichor::Testing
