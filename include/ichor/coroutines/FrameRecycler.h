#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace Ichor::Detail {

/// Where coroutine frames come from: a bounded store of freed ones for each thread, by size. Under sanitizers nothing is kept, so that
/// they see each frame's life.
///
/// Threads:   any; a frame may be freed on another thread than it was allocated on, and is kept there
/// Errors:    std::bad_alloc
class FrameRecycler {
public:
    [[nodiscard]] static void *allocate(std::size_t size) {
        std::size_t const index = (size - 1) / STEP;
        if (index < BINS) {
            Bin &bin = _bins[index];
            if (Freed *frame = bin.freed; frame != nullptr) [[likely]] {
                bin.freed = frame->next;
                ++bin.room;
                return frame;
            }
        }
        return allocateNew(size);
    }

    static void deallocate(void *frame, std::size_t size) noexcept {
        std::size_t const index = (size - 1) / STEP;
        if (index < BINS && _bins[index].room != 0) [[likely]] {
            keep(_bins[index], frame);
        } else {
            deallocateOrOpen(frame, size);
        }
    }

    /// False in builds with a sanitizer.
    [[nodiscard]] static bool keepsFrames() noexcept;

    /// From now on this thread keeps at least so many more of each size up to the largest that it keeps; lower() takes that back. Nothing
    /// is allocated by that.
    static void raise(std::size_t framesOfEachSize) noexcept;
    static void lower(std::size_t framesOfEachSize) noexcept;

    /// Sizes that are rounded up to the same multiple are one; what is larger than the largest is never kept.
    static constexpr std::size_t STEP = 64;
    static constexpr std::size_t LARGEST = 2048;

    /// Gives back what this thread keeps.
    static void clear() noexcept;

private:
    struct Freed {
        Freed *next;
    };
    struct Bin {
        Freed *freed = nullptr;
        std::size_t room = 0; // how many more it takes; none before the thread's first use and after its end
    };
    class Closer;
    enum class Phase : std::uint8_t { UNUSED, OPEN, CLOSED };

    static constexpr std::size_t BINS = LARGEST / STEP;
    static constexpr std::size_t BYTES_PER_BIN = 64 * 1024;

    static void keep(Bin &bin, void *frame) noexcept {
        auto *freed = static_cast<Freed *>(frame);
        freed->next = bin.freed;
        bin.freed = freed;
        --bin.room;
    }

    static void *allocateNew(std::size_t size);
    static void deallocateOrOpen(void *frame, std::size_t size) noexcept;
    static void open() noexcept;

    static constinit thread_local std::array<Bin, BINS> _bins;
    static constinit thread_local Phase _phase;
};

inline constinit thread_local std::array<FrameRecycler::Bin, FrameRecycler::BINS> FrameRecycler::_bins{};
inline constinit thread_local FrameRecycler::Phase FrameRecycler::_phase = Phase::UNUSED;

} // namespace Ichor::Detail
