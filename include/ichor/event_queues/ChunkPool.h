#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/event_queues/Slab.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace Ichor::Detail {

/// The memory that a store was given once and for all is used up.
class StoreFull : public std::bad_alloc {
public:
    [[nodiscard]] char const *what() const noexcept override;
};

class ChunkPool;
struct ChunkExtent;

/// The head of a piece of memory in which events lie one behind another.
struct Chunk {
    Chunk *next;
    std::byte *end; // behind its last event, once its lane writes to another chunk
    ChunkExtent *extent;
    std::size_t size; // with this head, in bytes

    [[nodiscard]] std::byte *begin() noexcept { return reinterpret_cast<std::byte *>(this + 1); }
    [[nodiscard]] std::byte *limit() noexcept { return reinterpret_cast<std::byte *>(this) + size; }
};

/// 512 bytes, 4 KiB and 64 KiB: a lane starts small, and many lanes of few events stay small.
enum class ChunkClass : std::uint8_t { SMALL, MEDIUM, LARGE };

/// One stretch of memory that is cut into chunks of one class.
struct ChunkExtent {
    ListHook hook;
    ChunkPool *pool = nullptr;
    std::byte *memory = nullptr;
    Chunk *freed = nullptr; // a chain of those given back
    std::uint32_t capacity = 0;
    std::uint32_t carved = 0; // how many were ever cut from it
    std::uint32_t used = 0;
    ChunkClass chunkClass = ChunkClass::SMALL;
    SlabRegion *region = nullptr; // nullptr: its memory is no slab

    [[nodiscard]] bool isSlab() const noexcept { return region != nullptr; }
};

/// Where chunks come from and go to. A queue that stays short lives in a few KiB from operator new; one that grows takes slabs of 2 MiB,
/// whose pages come at once, and gives them back, but for a few, when they are empty.
///
/// Threads:   one at a time, but for handBack() and hasHandedBack(): always the one that reads what this pool's store was filled with
class ChunkPool {
public:
    ChunkPool() noexcept = default;
    ChunkPool(ChunkPool const &) = delete;
    ChunkPool &operator=(ChunkPool const &) = delete;
    ~ChunkPool();

    /// Errors:    std::bad_alloc; StoreFull when its memory is fixed and used up
    [[nodiscard]] Chunk *acquire(ChunkClass chunkClass);

    /// Takes the memory of so many chunks and touches it; from now on all its chunks come from there, and are of the middle class. Once,
    /// before the first one is acquired.
    ///
    /// Errors:    std::bad_alloc
    void fix(std::size_t chunks);
    [[nodiscard]] bool isFixed() const noexcept { return _isFixed; }
    static constexpr std::size_t FIXED_CHUNK_BYTES = 4096;

    /// The chunk must come from this pool.
    void release(Chunk *chunk) noexcept;

    /// For a chunk of this pool that is freed while another thread may be using the pool: it rests until absorbHandedBack().
    void handBack(Chunk *chunk) noexcept {
        chunk->next = _handedBack;
        _handedBack = chunk;
    }
    [[nodiscard]] bool hasHandedBack() const noexcept { return _handedBack != nullptr; }
    void absorbHandedBack() noexcept;

    [[nodiscard]] std::size_t bytesHeld() const noexcept;

private:
    struct ClassState {
        IntrusiveList<ChunkExtent, &ChunkExtent::hook> usable; // those that have a chunk to give
        std::size_t bytes = 0;
        std::size_t emptyExtents = 0;
    };

    [[nodiscard]] ChunkExtent *addExtent(ChunkClass chunkClass);
    ChunkExtent *addExtent(std::unique_ptr<ChunkExtent> extent, ChunkClass chunkClass, std::size_t bytes) noexcept;
    void freeExtent(ChunkExtent *extent) noexcept;

    std::array<ClassState, 3> _classes;
    Chunk *_handedBack = nullptr;
    bool _isFixed = false;
};

} // namespace Ichor::Detail
