#pragma once

#include <cstddef>

namespace Ichor::Testing {

/// Bytes that the whole program holds by operator new at the moment, as the allocator counts them.
[[nodiscard]] std::size_t bytesInUse() noexcept;

/// In how many pieces.
[[nodiscard]] std::size_t blocksInUse() noexcept;

} // namespace Ichor::Testing
