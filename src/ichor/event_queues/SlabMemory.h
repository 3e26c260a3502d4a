#pragma once

#include <cstddef>

namespace Ichor::Detail {

inline constexpr std::size_t SLAB_BYTES = std::size_t{2} * 1024 * 1024;

/// A slab of memory, aligned to its own size, whose pages are all there: page faults cost more than all else that a growing queue does.
/// It is one huge page where those come quickly, and ordinary ones elsewhere.
///
/// Threads:   any
/// Errors:    nullptr
[[nodiscard]] std::byte *allocateSlab() noexcept;
void freeSlab(std::byte *slab) noexcept;

/// Has the pages that lie wholly in this range be there at once, if the system can.
///
/// Threads:   any
void populatePages(std::byte *memory, std::size_t bytes) noexcept;

} // namespace Ichor::Detail
