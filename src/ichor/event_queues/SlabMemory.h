#pragma once

#include <cstddef>

namespace Ichor::Detail {

inline constexpr std::size_t SLAB_BYTES = std::size_t{2} * 1024 * 1024;

/// A slab of memory, aligned to its own size. The system is asked for one huge page, and for its memory at once, since page faults cost
/// more than all else that a growing queue does; where it refuses that, pages come as they are touched.
///
/// Threads:   any
/// Errors:    nullptr
[[nodiscard]] std::byte *allocateSlab() noexcept;
void freeSlab(std::byte *slab) noexcept;

} // namespace Ichor::Detail
