#include <event_queues/FailingAllocation.h>

#include <cstdlib>
#include <limits>
#include <new>

namespace {

constexpr std::size_t NEVER = std::numeric_limits<std::size_t>::max();

thread_local std::size_t untilFailure = NEVER;
thread_local bool failsAlways = false;

bool mayAllocate() noexcept {
    if (failsAlways) return false;
    if (untilFailure == NEVER) return true;
    return untilFailure-- != 0; // 0 becomes NEVER: one failure only
}

void *allocate(std::size_t size, std::size_t alignment) noexcept {
    if (!mayAllocate()) return nullptr;
    if (alignment <= alignof(std::max_align_t)) return std::malloc(size == 0 ? 1 : size);
    return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void *allocateOrThrow(std::size_t size, std::size_t alignment) {
    void *memory = allocate(size, alignment);
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

FailingAllocation::FailingAllocation(std::size_t nth) noexcept { untilFailure = nth; }
FailingAllocation::~FailingAllocation() { untilFailure = NEVER; }
bool FailingAllocation::hasFailed() const noexcept { return untilFailure == NEVER; }

NoMemory::NoMemory() noexcept { failsAlways = true; }
NoMemory::~NoMemory() { failsAlways = false; }

} // namespace Ichor::Testing
