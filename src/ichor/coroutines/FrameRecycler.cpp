#include <ichor/coroutines/FrameRecycler.h>

#include <algorithm>
#include <new>
#include <utility>

#if defined(__has_feature)
#define ICHOR_HAS_FEATURE(feature) __has_feature(feature)
#else
#define ICHOR_HAS_FEATURE(feature) 0
#endif

namespace Ichor::Detail {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || ICHOR_HAS_FEATURE(address_sanitizer) ||                               \
    ICHOR_HAS_FEATURE(thread_sanitizer) || ICHOR_HAS_FEATURE(memory_sanitizer)
constexpr bool KEEPS_FRAMES = false;
#else
constexpr bool KEEPS_FRAMES = true;
#endif

// A frame begins with what every resumption reads right after it was written by wide stores; where those straddle two cache lines the
// processor cannot forward them, which doubles the cost of a short coroutine.
constexpr std::align_val_t CACHE_LINE{64};

} // namespace

/// Empties the thread's store at the thread's end.
class FrameRecycler::Closer {
public:
    Closer() noexcept = default;
    Closer(Closer const &) = delete;
    Closer &operator=(Closer const &) = delete;
    ~Closer() {
        _phase = Phase::CLOSED;
        clear();
        for (Bin &bin : _bins) bin.room = 0;
    }
    void touch() const noexcept {}
};

bool FrameRecycler::keepsFrames() noexcept { return KEEPS_FRAMES; }

void *FrameRecycler::allocateNew(std::size_t size) {
    // Rounded up, so that a freed frame fits every size of its bin.
    std::size_t const rounded = (size + STEP - 1) / STEP * STEP;
    return ::operator new(rounded, CACHE_LINE);
}

void FrameRecycler::deallocateOrOpen(void *frame, std::size_t size) noexcept {
    std::size_t const index = (size - 1) / STEP;
    if (KEEPS_FRAMES && _phase == Phase::UNUSED && index < BINS) {
        open();
        return keep(_bins[index], frame);
    }
    ::operator delete(frame, CACHE_LINE);
}

void FrameRecycler::open() noexcept {
    static thread_local Closer const closer;
    closer.touch();
    _phase = Phase::OPEN;
    for (std::size_t i = 0; i < BINS; ++i) _bins[i].room = BYTES_PER_BIN / ((i + 1) * STEP);
}

void FrameRecycler::raise(std::size_t framesOfEachSize) noexcept {
    if (!KEEPS_FRAMES || _phase == Phase::CLOSED) return;
    if (_phase == Phase::UNUSED) open();
    for (Bin &bin : _bins) bin.room += framesOfEachSize;
}

void FrameRecycler::lower(std::size_t framesOfEachSize) noexcept {
    if (_phase != Phase::OPEN) return;
    for (Bin &bin : _bins) {
        std::size_t const unused = std::min(bin.room, framesOfEachSize);
        bin.room -= unused;
        for (std::size_t left = framesOfEachSize - unused; left > 0 && bin.freed != nullptr; --left) {
            ::operator delete(std::exchange(bin.freed, bin.freed->next), CACHE_LINE);
        }
    }
}

void FrameRecycler::clear() noexcept {
    for (Bin &bin : _bins) {
        while (bin.freed != nullptr) {
            ::operator delete(std::exchange(bin.freed, bin.freed->next), CACHE_LINE);
            ++bin.room;
        }
    }
}

} // namespace Ichor::Detail
