#include <ichor/event_queues/IOUringBuffers.h>

#include <ichor/Config.h>

#include <algorithm>
#include <bit>

#include <sys/mman.h>

#if ICHOR_USE_SANITIZERS
#include <sanitizer/asan_interface.h>
#endif

namespace Ichor::Detail {

namespace {

constexpr unsigned FIRST_COUNT = 256;
constexpr unsigned MAXIMUM_COUNT = 32768; // the kernel's

void *map(std::size_t bytes) noexcept {
    void *const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? nullptr : memory;
}

// Whoever looks at a buffer that is the kernel's again reads what another connection receives. The sanitizer cannot see the kernel write,
// but it can be told whose turn it is.
void lend([[maybe_unused]] char *memory) noexcept {
#if ICHOR_USE_SANITIZERS
    ASAN_POISON_MEMORY_REGION(memory, IOUringBuffers::BUFFER_BYTES);
#endif
}
void reclaim([[maybe_unused]] char *memory, [[maybe_unused]] std::size_t size) noexcept {
#if ICHOR_USE_SANITIZERS
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
#endif
}

} // namespace

IOUringBuffers::IOUringBuffers(unsigned maximum) noexcept : _maximum(std::bit_ceil(std::clamp(maximum, 1U, MAXIMUM_COUNT))) {}

IOUringBuffers::~IOUringBuffers() {
    if (_memory != nullptr) {
        reclaim(_memory, _maximum * BUFFER_BYTES);
        ::munmap(_memory, _maximum * BUFFER_BYTES);
    }
    if (_ring != nullptr) ::munmap(_ring, _maximum * sizeof(io_uring_buf));
}

bool IOUringBuffers::open(IOUringRing &ring) noexcept {
    _memory = static_cast<char *>(map(_maximum * BUFFER_BYTES));
    void *const entries = map(_maximum * sizeof(io_uring_buf));
    if (_memory == nullptr || entries == nullptr) return false;
    _ring = static_cast<io_uring_buf_ring *>(entries);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(entries);
    registration.ring_entries = _maximum;
    registration.bgid = GROUP;
    if (io_uring_register_buf_ring(&ring.get(), &registration, 0) != 0) return false;
    grow();
    return true;
}

std::span<char> IOUringBuffers::take(unsigned short buffer, std::size_t size) noexcept {
    reclaim(at(buffer), size);
    return {at(buffer), size};
}

void IOUringBuffers::giveBack(unsigned short buffer) noexcept {
    lend(at(buffer));
    append(buffer);
}

void IOUringBuffers::grow() noexcept {
    unsigned const count = std::min(_maximum, std::max(FIRST_COUNT, _count * 2));
    while (_count < count) giveBack(static_cast<unsigned short>(_count++));
}

void IOUringBuffers::append(unsigned short buffer) noexcept {
    io_uring_buf &entry = reinterpret_cast<io_uring_buf *>(_ring)[_tail & (_maximum - 1)];
    entry.addr = reinterpret_cast<std::uintptr_t>(at(buffer));
    entry.len = BUFFER_BYTES;
    entry.bid = buffer;
    // The tail lies over a field of the first entry that is otherwise unused.
    __atomic_store_n(&_ring->tail, ++_tail, __ATOMIC_RELEASE);
}

} // namespace Ichor::Detail
