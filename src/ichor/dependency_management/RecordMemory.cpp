#include <ichor/dependency_management/RecordMemory.h>

#include <algorithm>
#include <ichor/Config.h>
#include <ichor/event_queues/SlabMemory.h>
#include <new>

namespace Ichor::Detail {

namespace {

constexpr bool KEEPS = !ICHOR_USE_SANITIZERS && !ICHOR_USE_THREAD_SANITIZER;

// A manager of a few services holds a few KiB; extents grow with what is there, and are slabs from some hundreds of services on, which is
// when the page faults of the next hundreds cost more than what the last slab has too much.
constexpr std::size_t FIRST_EXTENT_BYTES = std::size_t{4} * 1024;
constexpr std::size_t LARGEST_EXTENT_BYTES = std::size_t{64} * 1024;
constexpr std::size_t BYTES_BEFORE_SLABS = std::size_t{256} * 1024;

} // namespace

RecordMemory::~RecordMemory() { giveBack(); }

void *RecordMemory::allocate(std::size_t size) {
    if (!KEEPS || size > LARGEST) return ::operator new(size);
    std::size_t const bin = (size - 1) / ALIGNMENT;
    std::size_t const rounded = (bin + 1) * ALIGNMENT;
    if (Freed *piece = _freed[bin]; piece != nullptr) {
        _freed[bin] = piece->next;
        ++_used;
        return piece;
    }
    if (static_cast<std::size_t>(_end - _at) < rounded) addExtent();
    ++_used;
    std::byte *piece = _at;
    _at += rounded;
    return piece;
}

void RecordMemory::deallocate(void *piece, std::size_t size) noexcept {
    if (!KEEPS || size > LARGEST) return ::operator delete(piece);
    std::size_t const bin = (size - 1) / ALIGNMENT;
    _freed[bin] = ::new (piece) Freed{_freed[bin]};
    if (--_used == 0 && _extents.size() > 1) giveBack();
}

void RecordMemory::addExtent() {
    _extents.reserve(_extents.size() + 1);
    Slab extent;
    std::size_t bytes = std::clamp(_bytes, FIRST_EXTENT_BYTES, LARGEST_EXTENT_BYTES);
    if (_bytes >= BYTES_BEFORE_SLABS) {
        extent = allocateSlab();
        if (extent.region != nullptr) bytes = SLAB_BYTES;
    }
    if (extent.memory == nullptr) extent.memory = static_cast<std::byte *>(::operator new(bytes));
    _extents.push_back(extent);
    _bytes += bytes;
    _at = extent.memory;
    _end = _at + bytes;
}

void RecordMemory::giveBack() noexcept {
    for (Slab const &extent : _extents) {
        if (extent.region != nullptr) {
            freeSlab(extent);
        } else {
            ::operator delete(extent.memory);
        }
    }
    _extents.clear();
    _freed.fill(nullptr);
    _at = _end = nullptr;
    _bytes = 0;
}

} // namespace Ichor::Detail
