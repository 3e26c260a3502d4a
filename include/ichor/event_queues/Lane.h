#pragma once

#include <ichor/event_queues/ChunkPool.h>

#include <cstddef>
#include <cstdint>

namespace Ichor::Detail {

/// The events of one priority, first in, first out, in a chain of chunks.
///
/// A lane is *active* when it stands in the heap of lanes, else *idle*: then it is empty, has no room according to `writeLimit`, and has at
/// most one small chunk. Active and empty may be the lane on top of the heap, and where there are only two in it, the other one as well:
/// programs use two priorities in turn.
struct Lane {
    // Written by each push and each pop:
    std::byte *write = nullptr;
    std::byte *writeLimit = nullptr;
    std::byte *read = nullptr;    // == write: empty
    std::byte *readEnd = nullptr; // nullptr = reads the chunk that is written to | where the records of the first chunk end
    std::uint64_t priority = 0;
    Chunk *first = nullptr;
    Chunk *last = nullptr;
    std::size_t chunkBytes = 0;

    bool isActive = false;
    Lane *nextInBucket = nullptr;
    // Active: the pairing heap (heapBefore: the sibling before it, or its parent when it is the first child). Idle: the list of idle lanes.
    Lane *heapChild = nullptr;
    Lane *heapNext = nullptr;
    Lane *heapBefore = nullptr;

    [[nodiscard]] bool isEmpty() const noexcept { return read == write; }
};

/// A pairing heap: inserting and removing any lane needs no memory, so that moving lanes from store to store cannot fail.
class LaneHeap {
public:
    [[nodiscard]] Lane *top() const noexcept { return _root; }
    /// Of two lanes in it, the one that is not on top; nullptr when there are more or less.
    [[nodiscard]] Lane *other() const noexcept {
        Lane *const child = _root == nullptr ? nullptr : _root->heapChild;
        return child != nullptr && child->heapNext == nullptr && child->heapChild == nullptr ? child : nullptr;
    }
    void insert(Lane &lane) noexcept;
    void remove(Lane &lane) noexcept;

private:
    [[nodiscard]] static Lane *merge(Lane *a, Lane *b) noexcept;
    [[nodiscard]] static Lane *mergeSiblings(Lane *first) noexcept;

    Lane *_root = nullptr;
};

/// Finds the lane of a priority. Grows and shrinks when it can; without memory only its chains get longer.
class LaneTable {
public:
    LaneTable() noexcept = default;
    LaneTable(LaneTable const &) = delete;
    LaneTable &operator=(LaneTable const &) = delete;
    ~LaneTable();

    [[nodiscard]] Lane *find(std::uint64_t priority) const noexcept;
    void insert(Lane &lane) noexcept;
    void remove(Lane &lane) noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return _size; }

private:
    static constexpr unsigned FIRST_BITS = 3;
    static constexpr unsigned RESIZE_BITS = 2;

    [[nodiscard]] std::size_t bucketCount() const noexcept { return std::size_t{1} << _bits; }
    [[nodiscard]] Lane **bucketOf(std::uint64_t priority) const noexcept;
    [[nodiscard]] Lane *takeAll() noexcept; // as a chain through nextInBucket
    void resize(unsigned bits) noexcept;

    Lane *_firstBuckets[std::size_t{1} << FIRST_BITS] = {};
    Lane **_buckets = _firstBuckets;
    unsigned _bits = FIRST_BITS;
    std::size_t _size = 0;
};

} // namespace Ichor::Detail
