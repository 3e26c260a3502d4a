#include <ichor/event_queues/SlabMemory.h>

#include <ichor/event_queues/SteadyClock.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include <sys/mman.h>

namespace Ichor::Detail {

namespace {

// Linux 5.14; the headers that we are built with may be older than the kernel that we run on.
constexpr int POPULATE_WRITE = 23;

constexpr std::uintptr_t PAGE_BYTES = 4096;

// Getting a huge page takes some 0.1 ms. In a virtual machine that gives free memory back to its host (a balloon with free page reporting)
// it can take 4 ms, because those are the pages that it gives back; ordinary pages are then still quick, since they come from fragments
// that it keeps. So after a slow one the next slabs are of ordinary pages, for twice as many each time, until a quick one was seen.
constexpr Duration SLOW_HUGE_PAGE = std::chrono::milliseconds(1);
constexpr unsigned ORDINARY_SLABS_AFTER_SLOW_ONE = 32;

constinit std::atomic<unsigned> ordinarySlabsLeft{0};

bool wantsHugePage() noexcept {
    unsigned left = ordinarySlabsLeft.load(std::memory_order_relaxed);
    if (left == 0) return true;
    ordinarySlabsLeft.store(left - 1, std::memory_order_relaxed); // threads that get here at once may count one for two
    return false;
}

void learnFromHugePage(Duration took) noexcept {
    if (took >= SLOW_HUGE_PAGE) ordinarySlabsLeft.store(ORDINARY_SLABS_AFTER_SLOW_ONE, std::memory_order_relaxed);
}

std::byte *mapPages(std::size_t bytes) noexcept {
    void *pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? nullptr : static_cast<std::byte *>(pages);
}

bool isAligned(std::byte const *pages) noexcept { return reinterpret_cast<std::uintptr_t>(pages) % SLAB_BYTES == 0; }

std::byte *mapAligned() noexcept {
    std::byte *slab = mapPages(SLAB_BYTES);
    if (slab == nullptr || isAligned(slab)) return slab; // newer kernels align it by themselves
    ::munmap(slab, SLAB_BYTES);

    std::byte *twice = mapPages(2 * SLAB_BYTES);
    if (twice == nullptr) return nullptr;
    std::size_t before = (SLAB_BYTES - reinterpret_cast<std::uintptr_t>(twice) % SLAB_BYTES) % SLAB_BYTES;
    slab = twice + before;
    if (before != 0) ::munmap(twice, before);
    ::munmap(slab + SLAB_BYTES, SLAB_BYTES - before);
    return slab;
}

} // namespace

std::byte *allocateSlab() noexcept {
    std::byte *slab = mapAligned();
    if (slab == nullptr) return nullptr;
    // All of these are wishes: a refusal costs time and nothing else.
    if (!wantsHugePage()) {
        ::madvise(slab, SLAB_BYTES, MADV_NOHUGEPAGE);
        ::madvise(slab, SLAB_BYTES, POPULATE_WRITE);
        return slab;
    }
    TimePoint start = steadyNow();
    ::madvise(slab, SLAB_BYTES, MADV_HUGEPAGE);
    ::madvise(slab, SLAB_BYTES, POPULATE_WRITE);
    learnFromHugePage(steadyNow() - start);
    return slab;
}

void freeSlab(std::byte *slab) noexcept { ::munmap(slab, SLAB_BYTES); }

void populatePages(std::byte *memory, std::size_t bytes) noexcept {
    auto begin = reinterpret_cast<std::uintptr_t>(memory);
    std::uintptr_t first = (begin + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    std::uintptr_t end = (begin + bytes) / PAGE_BYTES * PAGE_BYTES;
    if (first < end) ::madvise(memory + (first - begin), end - first, POPULATE_WRITE);
}

} // namespace Ichor::Detail
