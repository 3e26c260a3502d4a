#pragma once

#include <ichor/event_queues/Slab.h>

namespace Ichor::Detail {

/// A slab of memory, aligned to its own size. The system is asked for one huge page, and for its memory at once, since page faults cost
/// more than all else that a growing queue does; where it refuses that, pages come as they are touched. What is in it is anything.
///
/// All threads share the regions that slabs are cut from: to map and unmap each slab by itself would stop, each time, whoever else in the
/// process takes memory.
///
/// Threads:   any
/// Errors:    no memory in it
[[nodiscard]] Slab allocateSlab() noexcept;

/// Gives the memory back to the system; the addresses are kept while others of the region are in use.
///
/// Threads:   any
void freeSlab(Slab slab) noexcept;

} // namespace Ichor::Detail
