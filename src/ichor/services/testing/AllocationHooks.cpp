// The program's own malloc and operator new: they count, and call those that the libraries behind it have.
#include "AllocationCounter.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

#include <dlfcn.h>

using Ichor::Testing::Detail::CountedAllocation;

namespace {

// A function of the next library that has it; looked up when it is first called.
template <class Function>
class Next {
public:
    constexpr explicit Next(char const *name) noexcept : _name(name) {}

    // nullptr: no library has it
    [[nodiscard]] Function *get() noexcept {
        void *function = _function.load(std::memory_order_acquire);
        if (function == nullptr) {
            function = ::dlsym(RTLD_NEXT, _name);
            _function.store(function, std::memory_order_release);
        }
        return reinterpret_cast<Function *>(function);
    }

private:
    char const *_name;
    std::atomic<void *> _function{nullptr};
};

constinit Next<void *(std::size_t)> nextMalloc("malloc");
constinit Next<void *(std::size_t, std::size_t)> nextCalloc("calloc");
constinit Next<void *(void *, std::size_t)> nextRealloc("realloc");
constinit Next<void *(std::size_t, std::size_t)> nextAlignedAlloc("aligned_alloc");
constinit Next<void *(std::size_t, std::size_t)> nextMemalign("memalign");
constinit Next<int(void **, std::size_t, std::size_t)> nextPosixMemalign("posix_memalign");

// By their names in the ABI of the platform, where std::size_t is unsigned long.
static_assert(sizeof(std::size_t) == sizeof(unsigned long));
constinit Next<void *(std::size_t)> nextNew("_Znwm");
constinit Next<void *(std::size_t, std::align_val_t)> nextAlignedNew("_ZnwmSt11align_val_t");

void *allocate(std::size_t size) {
    CountedAllocation const counted;
    if (auto *next = nextNew.get()) return next(size);
    if (void *memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}

void *allocate(std::size_t size, std::align_val_t alignment) {
    CountedAllocation const counted;
    if (auto *next = nextAlignedNew.get()) return next(size, alignment);
    auto const bytes = static_cast<std::size_t>(alignment);
    if (void *memory = std::aligned_alloc(bytes, (size + bytes - 1) / bytes * bytes)) return memory;
    throw std::bad_alloc();
}

template <class... Args>
void *allocateOrNull(Args... args) noexcept {
    try {
        return allocate(args...);
    } catch (std::bad_alloc const &) {
        return nullptr;
    }
}

} // namespace

extern "C" {

void *malloc(std::size_t size) {
    CountedAllocation const counted;
    return nextMalloc.get()(size);
}
void *calloc(std::size_t count, std::size_t size) {
    CountedAllocation const counted;
    return nextCalloc.get()(count, size);
}
void *realloc(void *memory, std::size_t size) {
    CountedAllocation const counted;
    return nextRealloc.get()(memory, size);
}
void *aligned_alloc(std::size_t alignment, std::size_t size) {
    CountedAllocation const counted;
    return nextAlignedAlloc.get()(alignment, size);
}
void *memalign(std::size_t alignment, std::size_t size) {
    CountedAllocation const counted;
    return nextMemalign.get()(alignment, size);
}
int posix_memalign(void **memory, std::size_t alignment, std::size_t size) {
    CountedAllocation const counted;
    return nextPosixMemalign.get()(memory, alignment, size);
}
}

void *operator new(std::size_t size) { return allocate(size); }
void *operator new[](std::size_t size) { return allocate(size); }
void *operator new(std::size_t size, std::nothrow_t const &) noexcept { return allocateOrNull(size); }
void *operator new[](std::size_t size, std::nothrow_t const &) noexcept { return allocateOrNull(size); }
void *operator new(std::size_t size, std::align_val_t alignment) { return allocate(size, alignment); }
void *operator new[](std::size_t size, std::align_val_t alignment) { return allocate(size, alignment); }
void *operator new(std::size_t size, std::align_val_t alignment, std::nothrow_t const &) noexcept {
    return allocateOrNull(size, alignment);
}
void *operator new[](std::size_t size, std::align_val_t alignment, std::nothrow_t const &) noexcept {
    return allocateOrNull(size, alignment);
}

namespace Ichor::Testing::Detail {
void linkAllocationHooks() noexcept {}
} // namespace Ichor::Testing::Detail
