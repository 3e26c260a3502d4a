#pragma once

#include <cstddef>
#include <cstdint>

namespace Ichor::Testing::Detail {

/// What a thread allocated while it counted. Plain memory, so that it can be had before and after everything else.
struct AllocationCounter {
    static constexpr int MAX_FRAMES = 48;

    bool isCounting = false;
    std::uint32_t depth = 0; // of allocating functions that call each other
    std::uint64_t count = 0;
    int frames = 0; // of the first one
    void *stack[MAX_FRAMES] = {};

    void note() noexcept;
};

// The model that needs no allocation at the first use in a thread.
[[gnu::tls_model("initial-exec")]] extern constinit thread_local AllocationCounter allocationCounter;

/// Around the work of an allocating function: what that calls itself counts with it.
class CountedAllocation {
public:
    CountedAllocation() noexcept {
        if (allocationCounter.depth++ == 0 && allocationCounter.isCounting) allocationCounter.note();
    }
    CountedAllocation(CountedAllocation const &) = delete;
    CountedAllocation &operator=(CountedAllocation const &) = delete;
    ~CountedAllocation() { --allocationCounter.depth; }
};

/// Refers to the replaced functions, so that a static library's are linked.
void linkAllocationHooks() noexcept;

} // namespace Ichor::Testing::Detail
