#include <ichor/base/ByteRecycler.h>

#include <ichor/Config.h>

#include <array>

namespace Ichor {

namespace {

constexpr bool KEEPS = !ICHOR_USE_SANITIZERS && !ICHOR_USE_THREAD_SANITIZER;

struct Kept {
    ~Kept();

    std::array<std::vector<std::uint8_t>, ByteRecycler::MAXIMUM_KEPT> spare;
    std::size_t count{0};
};

// Outlives the other, for what is thrown away while the thread's objects are being destroyed.
constinit thread_local bool isOver = false;
thread_local Kept kept;

Kept::~Kept() { isOver = true; }

} // namespace

std::vector<std::uint8_t> ByteRecycler::take() noexcept {
    std::vector<std::uint8_t> taken;
    if (KEEPS && !isOver && kept.count != 0) taken.swap(kept.spare[--kept.count]);
    return taken;
}

void ByteRecycler::give(std::vector<std::uint8_t> &&bytes) noexcept {
    std::size_t const capacity = bytes.capacity();
    if (capacity == 0) return;
    if (!KEEPS || isOver || capacity > MAXIMUM_CAPACITY || kept.count == MAXIMUM_KEPT) {
        std::vector<std::uint8_t>().swap(bytes);
        return;
    }
    bytes.clear();
    bytes.swap(kept.spare[kept.count++]);
}

} // namespace Ichor
