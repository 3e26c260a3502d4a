#include <ichor/base/ByteRecycler.h>

#include <ichor/Config.h>

#include <array>
#include <utility>

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
    if (!KEEPS || isOver || kept.count == 0) return {};
    return std::exchange(kept.spare[--kept.count], {});
}

void ByteRecycler::give(std::vector<std::uint8_t> &&bytes) noexcept {
    std::vector<std::uint8_t> given(std::move(bytes));
    std::size_t const capacity = given.capacity();
    if (!KEEPS || isOver || capacity == 0 || capacity > MAXIMUM_CAPACITY || kept.count == MAXIMUM_KEPT) return;
    given.clear();
    kept.spare[kept.count++] = std::move(given);
}

} // namespace Ichor
