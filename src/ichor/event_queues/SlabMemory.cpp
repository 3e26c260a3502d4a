#include <ichor/event_queues/SlabMemory.h>

#include <cstdint>

#include <sys/mman.h>

namespace Ichor::Detail {

namespace {

// Linux 5.14; the headers that we are built with may be older than the kernel that we run on.
constexpr int POPULATE_WRITE = 23;

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
    // Both are wishes: a refusal costs time and nothing else.
    ::madvise(slab, SLAB_BYTES, MADV_HUGEPAGE);
    // The first touch takes the huge page, under the lock of this mapping alone; populating holds that of the whole address space, for
    // which other threads that map or unmap would wait while the page is cleared.
    *static_cast<std::byte volatile *>(slab) = std::byte{0};
    ::madvise(slab, SLAB_BYTES, POPULATE_WRITE);
    return slab;
}

void freeSlab(std::byte *slab) noexcept { ::munmap(slab, SLAB_BYTES); }

} // namespace Ichor::Detail
