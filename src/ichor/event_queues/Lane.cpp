#include <ichor/event_queues/Lane.h>

#include <memory>
#include <new>

namespace Ichor::Detail {

void LaneHeap::insert(Lane &lane) noexcept {
    lane.heapChild = lane.heapNext = lane.heapBefore = nullptr;
    _root = _root == nullptr ? &lane : merge(_root, &lane);
}

void LaneHeap::remove(Lane &lane) noexcept {
    if (lane.heapBefore != nullptr) {
        (lane.heapBefore->heapChild == &lane ? lane.heapBefore->heapChild : lane.heapBefore->heapNext) = lane.heapNext;
        if (lane.heapNext != nullptr) lane.heapNext->heapBefore = lane.heapBefore;
    }
    Lane *children = mergeSiblings(lane.heapChild);
    if (_root == &lane) {
        _root = children;
    } else if (children != nullptr) {
        _root = merge(_root, children);
    }
    lane.heapChild = lane.heapNext = lane.heapBefore = nullptr;
}

Lane *LaneHeap::merge(Lane *a, Lane *b) noexcept {
    if (b->priority < a->priority) {
        Lane *less = b;
        b = a;
        a = less;
    }
    b->heapBefore = a;
    b->heapNext = a->heapChild;
    if (a->heapChild != nullptr) a->heapChild->heapBefore = b;
    a->heapChild = b;
    return a;
}

Lane *LaneHeap::mergeSiblings(Lane *first) noexcept {
    // Two by two from the left, keeping the pairs in a chain (through heapNext) that runs backwards, …
    Lane *pairs = nullptr;
    while (first != nullptr) {
        Lane *a = first;
        Lane *b = a->heapNext;
        first = b == nullptr ? nullptr : b->heapNext;
        a->heapNext = a->heapBefore = nullptr;
        Lane *pair = a;
        if (b != nullptr) {
            b->heapNext = b->heapBefore = nullptr;
            pair = merge(a, b);
        }
        pair->heapNext = pairs;
        pairs = pair;
    }
    // … then all into one, from the right.
    Lane *all = nullptr;
    while (pairs != nullptr) {
        Lane *pair = pairs;
        pairs = pair->heapNext;
        pair->heapNext = nullptr;
        all = all == nullptr ? pair : merge(all, pair);
    }
    return all;
}

LaneTable::~LaneTable() {
    if (_buckets != _firstBuckets) delete[] _buckets;
}

Lane *LaneTable::find(std::uint64_t priority) const noexcept {
    Lane *lane = *bucketOf(priority);
    while (lane != nullptr && lane->priority != priority) lane = lane->nextInBucket;
    return lane;
}

void LaneTable::insert(Lane &lane) noexcept {
    if (_size >= bucketCount()) resize(_bits + RESIZE_BITS);
    Lane **bucket = bucketOf(lane.priority);
    lane.nextInBucket = *bucket;
    *bucket = &lane;
    ++_size;
}

void LaneTable::remove(Lane &lane) noexcept {
    Lane **at = bucketOf(lane.priority);
    while (*at != &lane) at = &(*at)->nextInBucket;
    *at = lane.nextInBucket;
    --_size;
    if (_bits > FIRST_BITS && _size < bucketCount() >> (2 * RESIZE_BITS + 1)) resize(_bits - RESIZE_BITS);
}

Lane *LaneTable::takeAll() noexcept {
    Lane *all = nullptr;
    for (std::size_t i = 0; i < bucketCount(); ++i) {
        while (Lane *lane = _buckets[i]) {
            _buckets[i] = lane->nextInBucket;
            lane->nextInBucket = all;
            all = lane;
        }
    }
    _size = 0;
    return all;
}

Lane **LaneTable::bucketOf(std::uint64_t priority) const noexcept {
    return _buckets + ((priority * 0x9e3779b97f4a7c15ULL) >> (64 - _bits)); // Fibonacci hashing: neighbours go far apart
}

void LaneTable::resize(unsigned bits) noexcept {
    Lane **buckets = _firstBuckets;
    if (bits > FIRST_BITS) {
        buckets = new (std::nothrow) Lane *[std::size_t{1} << bits]();
        if (buckets == nullptr) return;
    }
    std::size_t count = _size;
    Lane *lane = takeAll();
    if (_buckets != _firstBuckets) delete[] _buckets;
    _buckets = buckets;
    _bits = bits;
    _size = count;
    while (lane != nullptr) {
        Lane *next = lane->nextInBucket;
        Lane **bucket = bucketOf(lane->priority);
        lane->nextInBucket = *bucket;
        *bucket = lane;
        lane = next;
    }
}

} // namespace Ichor::Detail
