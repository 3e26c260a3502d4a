#pragma once

#include <cstdint>

namespace Ichor::Testing {

/// How often operator new has been called on this thread.
[[nodiscard]] std::uint64_t allocationCount() noexcept;

} // namespace Ichor::Testing
