#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

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

/// Lets a container lie in such memory; without one it lies where any other does, and so do copies of it.
///
/// Threads:   those of the memory
/// Lifetime:  the memory's
template <class T>
class PieceAllocator {
public:
    using value_type = T;
    using propagate_on_container_move_assignment = std::true_type;
    using propagate_on_container_swap = std::true_type;

    PieceAllocator() noexcept = default;
    explicit PieceAllocator(IPieceMemory &memory) noexcept : _memory(&memory) {}
    template <class U>
    PieceAllocator(PieceAllocator<U> const &other) noexcept : _memory(other.memory()) {}

    [[nodiscard]] T *allocate(std::size_t count) {
        if (_memory == nullptr || count > MOST) return std::allocator<T>{}.allocate(count); // which refuses more than there can be
        return static_cast<T *>(_memory->allocate(count * sizeof(T)));
    }
    void deallocate(T *at, std::size_t count) noexcept {
        if (_memory == nullptr || count > MOST) return std::allocator<T>{}.deallocate(at, count);
        _memory->deallocate(at, count * sizeof(T));
    }
    [[nodiscard]] PieceAllocator select_on_container_copy_construction() const noexcept { return {}; }

    [[nodiscard]] IPieceMemory *memory() const noexcept { return _memory; }

    template <class U>
    friend bool operator==(PieceAllocator const &a, PieceAllocator<U> const &b) noexcept {
        return a.memory() == b.memory();
    }

private:
    static_assert(alignof(T) <= alignof(std::max_align_t));
    static constexpr std::size_t MOST = static_cast<std::size_t>(-1) / 2 / sizeof(T);

    IPieceMemory *_memory = nullptr; // nullptr = the heap
};

} // namespace Ichor::Detail
