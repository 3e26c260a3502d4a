#pragma once

#include <cstddef>
#include <memory>

namespace Ichor::Detail {

/// Memory of somebody's own, given out in pieces.
class IPieceMemory {
public:
    /// Errors: std::bad_alloc
    [[nodiscard]] virtual void *allocate(std::size_t size) = 0;
    /// `size` as it was asked for.
    virtual void deallocate(void *piece, std::size_t size) noexcept = 0;

protected:
    ~IPieceMemory() = default;
};

/// Takes room for T from such memory, or from the heap when there is none.
///
/// Threads:   those of the memory
/// Lifetime:  the memory's
template <class T>
class PieceAllocator {
public:
    PieceAllocator() noexcept = default;
    explicit PieceAllocator(IPieceMemory &memory) noexcept : _memory(&memory) {}

    /// Errors: std::bad_alloc
    [[nodiscard]] T *allocate(std::size_t count) {
        if (_memory == nullptr || count > MOST) return std::allocator<T>{}.allocate(count); // which refuses more than there can be
        return static_cast<T *>(_memory->allocate(count * sizeof(T)));
    }
    void deallocate(T *at, std::size_t count) noexcept {
        if (_memory == nullptr) return std::allocator<T>{}.deallocate(at, count);
        _memory->deallocate(at, count * sizeof(T));
    }

private:
    static constexpr std::size_t MOST = static_cast<std::size_t>(-1) / 2 / sizeof(T);

    IPieceMemory *_memory = nullptr; // nullptr = the heap
};

} // namespace Ichor::Detail
