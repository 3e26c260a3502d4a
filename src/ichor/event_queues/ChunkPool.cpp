#include <ichor/event_queues/ChunkPool.h>

#include <ichor/event_queues/SlabMemory.h>

#include <memory>
#include <new>
#include <utility>

namespace Ichor::Detail {

namespace {

constexpr std::size_t KIB = 1024;
constexpr std::array<std::size_t, 3> CHUNK_BYTES{512, 4 * KIB, 64 * KIB};
constexpr std::array<std::size_t, 3> FIRST_EXTENT_BYTES{4 * KIB, 16 * KIB, 64 * KIB};
constexpr std::size_t NEXT_EXTENT_BYTES = 64 * KIB;
constexpr std::size_t BYTES_BEFORE_SLABS = 128 * KIB;

// How many extents may stay though none of their chunks is in use, so that a queue whose length swings does not allocate each time.
constexpr std::size_t MAX_EMPTY_EXTENTS = 2;

constexpr std::size_t indexOf(ChunkClass chunkClass) noexcept { return static_cast<std::size_t>(chunkClass); }

std::size_t bytesOf(ChunkExtent const &extent) noexcept { return extent.capacity * CHUNK_BYTES[indexOf(extent.chunkClass)]; }

Chunk *takeChunk(ChunkExtent &extent) noexcept {
    ++extent.used;
    if (Chunk *chunk = extent.freed; chunk != nullptr) {
        extent.freed = chunk->next;
        return chunk;
    }
    std::size_t size = CHUNK_BYTES[indexOf(extent.chunkClass)];
    std::byte *at = extent.memory + size * extent.carved++;
    return ::new (at) Chunk{.next = nullptr, .end = nullptr, .extent = &extent, .size = size};
}

} // namespace

char const *StoreFull::what() const noexcept { return "the memory of the event store is used up"; }

ChunkPool::~ChunkPool() {
    absorbHandedBack();
    for (ClassState &state : _classes) {
        while (ChunkExtent *extent = state.usable.popFront()) freeExtent(extent);
    }
}

void ChunkPool::fix(std::size_t chunks) {
    static_assert(FIXED_CHUNK_BYTES == CHUNK_BYTES[indexOf(ChunkClass::MEDIUM)]);
    std::size_t const bytes = chunks * FIXED_CHUNK_BYTES;
    auto extent = std::make_unique<ChunkExtent>();
    extent->memory = static_cast<std::byte *>(::operator new(bytes));
    for (std::size_t at = 0; at < bytes; at += FIXED_CHUNK_BYTES) static_cast<std::byte volatile *>(extent->memory)[at] = std::byte{0};
    addExtent(std::move(extent), ChunkClass::MEDIUM, bytes);
    _isFixed = true;
}

Chunk *ChunkPool::acquire(ChunkClass chunkClass) {
    if (_isFixed) [[unlikely]] {
        chunkClass = ChunkClass::MEDIUM;
        if (_classes[indexOf(chunkClass)].usable.isEmpty()) throw StoreFull();
    }
    ClassState &state = _classes[indexOf(chunkClass)];
    ChunkExtent *extent = state.usable.isEmpty() ? addExtent(chunkClass) : &state.usable.front();
    if (extent->used == 0) --state.emptyExtents;
    Chunk *chunk = takeChunk(*extent);
    if (extent->used == extent->capacity) extent->hook.unlink();
    chunk->next = nullptr;
    return chunk;
}

void ChunkPool::release(Chunk *chunk) noexcept {
    ChunkExtent *extent = chunk->extent;
    ClassState &state = _classes[indexOf(extent->chunkClass)];
    if (extent->used == extent->capacity) state.usable.pushFront(*extent);
    chunk->next = extent->freed;
    extent->freed = chunk;
    if (--extent->used != 0) return;
    if (state.emptyExtents >= MAX_EMPTY_EXTENTS) {
        extent->hook.unlink();
        freeExtent(extent);
        return;
    }
    ++state.emptyExtents;
    extent->hook.unlink();
    state.usable.pushBack(*extent); // others go first, so that this one stays empty
}

void ChunkPool::absorbHandedBack() noexcept {
    while (_handedBack != nullptr) {
        Chunk *chunk = _handedBack;
        _handedBack = chunk->next;
        release(chunk);
    }
}

std::size_t ChunkPool::bytesHeld() const noexcept {
    std::size_t bytes = 0;
    for (ClassState const &state : _classes) bytes += state.bytes;
    return bytes;
}

ChunkExtent *ChunkPool::addExtent(ChunkClass chunkClass) {
    ClassState &state = _classes[indexOf(chunkClass)];
    auto extent = std::make_unique<ChunkExtent>();
    std::size_t bytes = state.bytes == 0 ? FIRST_EXTENT_BYTES[indexOf(chunkClass)] : NEXT_EXTENT_BYTES;
    if (state.bytes >= BYTES_BEFORE_SLABS) {
        Slab const slab = allocateSlab();
        extent->memory = slab.memory;
        extent->region = slab.region;
        if (extent->isSlab()) bytes = SLAB_BYTES;
    }
    if (extent->memory == nullptr) extent->memory = static_cast<std::byte *>(::operator new(bytes));

    return addExtent(std::move(extent), chunkClass, bytes);
}

ChunkExtent *ChunkPool::addExtent(std::unique_ptr<ChunkExtent> extent, ChunkClass chunkClass, std::size_t bytes) noexcept {
    ClassState &state = _classes[indexOf(chunkClass)];
    extent->pool = this;
    extent->chunkClass = chunkClass;
    extent->capacity = static_cast<std::uint32_t>(bytes / CHUNK_BYTES[indexOf(chunkClass)]);
    state.bytes += bytes;
    ++state.emptyExtents;
    state.usable.pushBack(*extent);
    return extent.release();
}

void ChunkPool::freeExtent(ChunkExtent *extent) noexcept {
    _classes[indexOf(extent->chunkClass)].bytes -= bytesOf(*extent);
    if (extent->isSlab()) {
        freeSlab({.memory = extent->memory, .region = extent->region});
    } else {
        ::operator delete(extent->memory);
    }
    delete extent;
}

} // namespace Ichor::Detail
