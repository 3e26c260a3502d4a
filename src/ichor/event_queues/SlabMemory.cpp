#include <ichor/event_queues/SlabMemory.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <new>

#include <pthread.h>
#include <sys/mman.h>

namespace Ichor::Detail {

/// A stretch of addresses that slabs are cut from.
struct SlabRegion {
    SlabRegion *next;
    std::byte *memory;
    std::uint32_t slabs;
    std::uint32_t used; // a bit for each

    [[nodiscard]] std::size_t bytes() const noexcept { return slabs * SLAB_BYTES; }
    [[nodiscard]] bool hasRoom() const noexcept { return firstFree() < slabs; }
    [[nodiscard]] std::uint32_t firstFree() const noexcept { return static_cast<std::uint32_t>(std::countr_one(used)); }
};

namespace {

constexpr std::size_t MOST_SLABS = std::numeric_limits<std::uint32_t>::digits;

// The headers that we are built with may be older than the kernel that we run on.
constexpr int POPULATE_WRITE = 23;  // Linux 5.14
constexpr int DONTNEED_LOCKED = 24; // Linux 5.18

constinit std::mutex mutex;
constinit SlabRegion *regions = nullptr; // guarded by mutex: a chain, the newest first
constinit std::size_t slabsMapped = 0;   // guarded by mutex

std::byte *mapPages(std::size_t bytes) noexcept {
    void *pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? nullptr : static_cast<std::byte *>(pages);
}

bool isAligned(std::byte const *pages) noexcept { return reinterpret_cast<std::uintptr_t>(pages) % SLAB_BYTES == 0; }

std::byte *mapAligned(std::size_t bytes) noexcept {
    std::byte *pages = mapPages(bytes);
    if (pages == nullptr || isAligned(pages)) return pages; // newer kernels align it by themselves
    ::munmap(pages, bytes);

    std::byte *more = mapPages(bytes + SLAB_BYTES);
    if (more == nullptr) return nullptr;
    std::size_t const before = (SLAB_BYTES - reinterpret_cast<std::uintptr_t>(more) % SLAB_BYTES) % SLAB_BYTES;
    pages = more + before;
    if (before != 0) ::munmap(more, before);
    ::munmap(pages + bytes, SLAB_BYTES - before);
    return pages;
}

// The child of a fork finds the mutex free, and the chain as it was. Registered before main(): with the first slab, a fork that has begun
// by then would not know of it.
[[maybe_unused]] int const isKeptOverFork = ::pthread_atfork([] { mutex.lock(); }, [] { mutex.unlock(); }, [] { mutex.unlock(); });

// Under the mutex. Each is as large as all the others together, so that there are few of them, and not much more than is in use is locked
// where a program locks its memory; smaller where there are no addresses for that. nullptr: there is no memory.
SlabRegion *addRegion() noexcept {
    std::size_t const slabs = std::clamp<std::size_t>(slabsMapped, 1, MOST_SLABS);
    std::unique_ptr<SlabRegion> region(new (std::nothrow) SlabRegion{regions, nullptr, static_cast<std::uint32_t>(slabs), 0});
    if (region == nullptr) return nullptr;
    while ((region->memory = mapAligned(region->bytes())) == nullptr) {
        if ((region->slabs /= 2) == 0) return nullptr;
    }
    ::madvise(region->memory, region->bytes(), MADV_HUGEPAGE); // a wish: a refusal costs time and nothing else
    slabsMapped += region->slabs;
    return regions = region.release();
}

// Under the mutex.
void removeRegion(SlabRegion &region) noexcept {
    SlabRegion **link = &regions;
    while (*link != &region) link = &(*link)->next;
    *link = region.next;
    slabsMapped -= region.slabs;
}

Slab cutSlab() noexcept {
    std::lock_guard const lock(mutex);
    SlabRegion *region = regions;
    while (region != nullptr && !region->hasRoom()) region = region->next;
    if (region == nullptr) region = addRegion();
    if (region == nullptr) return {};
    std::uint32_t const index = region->firstFree();
    region->used |= std::uint32_t{1} << index;
    return {.memory = region->memory + index * SLAB_BYTES, .region = region};
}

// True: the region is nobody's any more, and in no chain.
bool putSlab(Slab slab) noexcept {
    std::lock_guard const lock(mutex);
    auto const index = static_cast<std::size_t>(slab.memory - slab.region->memory) / SLAB_BYTES;
    slab.region->used &= ~(std::uint32_t{1} << index);
    if (slab.region->used != 0) return false;
    removeRegion(*slab.region);
    return true;
}

} // namespace

Slab allocateSlab() noexcept {
    Slab const slab = cutSlab();
    if (slab.region == nullptr) return slab;
    // The first touch takes the huge page, under the lock of this mapping alone; populating holds that of the whole address space, for
    // which other threads that map or unmap would wait while the page is cleared.
    *static_cast<std::byte volatile *>(slab.memory) = std::byte{0};
    ::madvise(slab.memory, SLAB_BYTES, POPULATE_WRITE);
    return slab;
}

void freeSlab(Slab slab) noexcept {
    // Memory that is locked goes back by the second call, or stays for the next who takes the slab.
    if (::madvise(slab.memory, SLAB_BYTES, MADV_DONTNEED) != 0) ::madvise(slab.memory, SLAB_BYTES, DONTNEED_LOCKED);
    if (!putSlab(slab)) return;
    ::munmap(slab.region->memory, slab.region->bytes());
    delete slab.region;
}

} // namespace Ichor::Detail
