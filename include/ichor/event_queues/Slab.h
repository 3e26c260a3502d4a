#pragma once

#include <cstddef>

namespace Ichor::Detail {

inline constexpr std::size_t SLAB_BYTES = std::size_t{2} * 1024 * 1024;

struct SlabRegion;

/// Two MiB that lie in a region of many; see SlabMemory.h.
struct Slab {
    std::byte *memory = nullptr;
    SlabRegion *region = nullptr; // nullptr: this is none
};

} // namespace Ichor::Detail
