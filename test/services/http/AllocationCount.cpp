#include "AllocationCount.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

constinit thread_local std::uint64_t count = 0;

void *allocate(std::size_t size, std::size_t alignment) noexcept {
    ++count;
    if (alignment <= alignof(std::max_align_t)) return std::malloc(size == 0 ? 1 : size);
    return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void *allocateOrThrow(std::size_t size, std::size_t alignment) {
    void *const memory = allocate(size, alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

constexpr std::size_t PLAIN = alignof(std::max_align_t);

} // namespace

void *operator new(std::size_t size) { return allocateOrThrow(size, PLAIN); }
void *operator new[](std::size_t size) { return allocateOrThrow(size, PLAIN); }
void *operator new(std::size_t size, std::nothrow_t const &) noexcept { return allocate(size, PLAIN); }
void *operator new[](std::size_t size, std::nothrow_t const &) noexcept { return allocate(size, PLAIN); }
void *operator new(std::size_t size, std::align_val_t alignment) { return allocateOrThrow(size, static_cast<std::size_t>(alignment)); }
void *operator new[](std::size_t size, std::align_val_t alignment) { return allocateOrThrow(size, static_cast<std::size_t>(alignment)); }
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete[](void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void *memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void *memory, std::nothrow_t const &) noexcept { std::free(memory); }
void operator delete[](void *memory, std::nothrow_t const &) noexcept { std::free(memory); }
void operator delete(void *memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void *memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void *memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void *memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace Ichor::Testing {

std::uint64_t allocationCount() noexcept { return count; }

} // namespace Ichor::Testing
