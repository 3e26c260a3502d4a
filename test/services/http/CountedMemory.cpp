#include "CountedMemory.h"

#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

std::atomic<std::size_t> inUse{0};
std::atomic<std::size_t> blocks{0};

void *counted(void *memory) noexcept {
    if (memory == nullptr) return nullptr;
    inUse.fetch_add(::malloc_usable_size(memory), std::memory_order_relaxed);
    blocks.fetch_add(1, std::memory_order_relaxed);
    return memory;
}

void *allocate(std::size_t size) noexcept { return counted(std::malloc(size == 0 ? 1 : size)); }

void *allocate(std::size_t size, std::align_val_t alignment) noexcept {
    auto const align = static_cast<std::size_t>(alignment);
    return counted(std::aligned_alloc(align, (size + align - 1) / align * align));
}

void *orThrow(void *memory) {
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

void release(void *memory) noexcept {
    if (memory == nullptr) return;
    inUse.fetch_sub(::malloc_usable_size(memory), std::memory_order_relaxed);
    blocks.fetch_sub(1, std::memory_order_relaxed);
    std::free(memory);
}

} // namespace

void *operator new(std::size_t size) { return orThrow(allocate(size)); }
void *operator new[](std::size_t size) { return orThrow(allocate(size)); }
void *operator new(std::size_t size, std::nothrow_t const &) noexcept { return allocate(size); }
void *operator new[](std::size_t size, std::nothrow_t const &) noexcept { return allocate(size); }
void *operator new(std::size_t size, std::align_val_t alignment) { return orThrow(allocate(size, alignment)); }
void *operator new[](std::size_t size, std::align_val_t alignment) { return orThrow(allocate(size, alignment)); }
void *operator new(std::size_t size, std::align_val_t alignment, std::nothrow_t const &) noexcept { return allocate(size, alignment); }
void *operator new[](std::size_t size, std::align_val_t alignment, std::nothrow_t const &) noexcept { return allocate(size, alignment); }
void operator delete(void *memory) noexcept { release(memory); }
void operator delete[](void *memory) noexcept { release(memory); }
void operator delete(void *memory, std::size_t) noexcept { release(memory); }
void operator delete[](void *memory, std::size_t) noexcept { release(memory); }
void operator delete(void *memory, std::nothrow_t const &) noexcept { release(memory); }
void operator delete[](void *memory, std::nothrow_t const &) noexcept { release(memory); }
void operator delete(void *memory, std::align_val_t) noexcept { release(memory); }
void operator delete[](void *memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void *memory, std::size_t, std::align_val_t) noexcept { release(memory); }
void operator delete[](void *memory, std::size_t, std::align_val_t) noexcept { release(memory); }
void operator delete(void *memory, std::align_val_t, std::nothrow_t const &) noexcept { release(memory); }
void operator delete[](void *memory, std::align_val_t, std::nothrow_t const &) noexcept { release(memory); }

namespace Ichor::Testing {

std::size_t bytesInUse() noexcept { return inUse.load(std::memory_order_relaxed); }
std::size_t blocksInUse() noexcept { return blocks.load(std::memory_order_relaxed); }

} // namespace Ichor::Testing
