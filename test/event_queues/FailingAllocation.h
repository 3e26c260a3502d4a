#pragma once

#include <cstddef>

namespace Ichor::Testing {

/// While it lives, the n-th operator new of this thread, counted from 0, throws std::bad_alloc (or returns nullptr where it may not).
class FailingAllocation {
public:
    explicit FailingAllocation(std::size_t nth) noexcept;
    FailingAllocation(FailingAllocation const &) = delete;
    FailingAllocation &operator=(FailingAllocation const &) = delete;
    ~FailingAllocation();

    /// Whether that one has come.
    [[nodiscard]] bool hasFailed() const noexcept;
};

/// While it lives, no operator new of this thread succeeds.
class NoMemory {
public:
    NoMemory() noexcept;
    NoMemory(NoMemory const &) = delete;
    NoMemory &operator=(NoMemory const &) = delete;
    ~NoMemory();
};

} // namespace Ichor::Testing
