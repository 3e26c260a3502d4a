#pragma once

#include <ichor/event_queues/RealtimeReport.h>
#include <ichor/event_queues/RealtimeSettings.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace Ichor::Detail {

/// Keeps the memory of the process from being paged out, while one of these lives.
///
/// Threads:   any
class MemoryLock {
public:
    /// What the system refuses is added to the shortfalls.
    explicit MemoryLock(std::vector<RealtimeShortfall> &shortfalls);
    MemoryLock(MemoryLock const &) = delete;
    MemoryLock &operator=(MemoryLock const &) = delete;
    ~MemoryLock();

private:
    bool _isCounted = false;
};

/// Lets the system give the calling thread so much of its stack now. No more is touched than there is.
void touchStack(std::size_t bytes) noexcept;

/// Lets malloc take so much from the system now, and keep it while this lives: what the thread allocates meanwhile comes from there.
///
/// Threads:   one at a time; malloc keeps a store of its own for each thread, so the one that will use it makes it
/// Errors:    std::bad_alloc
class TouchedHeap {
public:
    explicit TouchedHeap(std::size_t bytes);

private:
    std::unique_ptr<std::byte[]> _stopper; // lies above what was touched and freed, so that malloc does not give that back
};

/// While this lives, the recycler of the calling thread has so many coroutine frames of each size that it keeps, besides its own.
///
/// Threads:   the one that made it
/// Errors:    std::bad_alloc
class ReservedFrames {
public:
    explicit ReservedFrames(std::size_t ofEachSize);
    ReservedFrames(ReservedFrames const &) = delete;
    ReservedFrames &operator=(ReservedFrames const &) = delete;
    ~ReservedFrames();

private:
    std::size_t _ofEachSize;
};

} // namespace Ichor::Detail
