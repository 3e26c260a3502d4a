#include <ichor/base/ByteRecycler.h>

#include <ichor/Config.h>

#include <array>

namespace Ichor {

namespace {

constexpr bool KEEPS = !ICHOR_USE_SANITIZERS && !ICHOR_USE_THREAD_SANITIZER;

struct Kept {
    ~Kept();

    std::array<std::vector<std::uint8_t>, ByteRecycler::MAXIMUM_KEPT> spare;
};

// These outlive the other, for what is thrown away while the thread's objects are being destroyed; and without anything kept, it need not
// be looked at whether the other has been made yet.
constinit thread_local bool isOver = false;
constinit thread_local std::size_t count = 0;
thread_local Kept kept;

Kept::~Kept() {
    isOver = true;
    count = 0;
}

[[gnu::noinline]] std::vector<std::uint8_t> copiedToKept(std::span<std::uint8_t const> bytes) {
    std::vector<std::uint8_t> copy = ByteRecycler::take();
    copy.assign(bytes.begin(), bytes.end());
    return copy;
}

} // namespace

std::vector<std::uint8_t> ByteRecycler::take() noexcept {
    std::vector<std::uint8_t> taken;
    if (KEEPS && count != 0) taken.swap(kept.spare[--count]);
    return taken;
}

std::vector<std::uint8_t> ByteRecycler::copyOf(std::span<std::uint8_t const> bytes) {
    return count == 0 ? std::vector<std::uint8_t>(bytes.begin(), bytes.end()) : copiedToKept(bytes);
}

void ByteRecycler::give(std::vector<std::uint8_t> &&bytes) noexcept {
    std::size_t const capacity = bytes.capacity();
    if (capacity == 0) return;
    if (!KEEPS || isOver || capacity > MAXIMUM_CAPACITY || count == MAXIMUM_KEPT) {
        std::vector<std::uint8_t>().swap(bytes);
        return;
    }
    bytes.clear();
    bytes.swap(kept.spare[count++]);
}

} // namespace Ichor
