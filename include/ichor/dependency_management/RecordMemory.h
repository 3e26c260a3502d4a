#pragma once

#include <array>
#include <cstddef>
#include <ichor/base/PieceAllocator.h>
#include <ichor/event_queues/Slab.h>
#include <vector>

namespace Ichor::Detail {

/// Where the records of a manager's services lie, and what there is for each: slots, properties, pages of tables. All is cut one after the
/// other from ever larger extents, so that ten thousand services cost some huge pages instead of a page fault for every fourth. What is
/// freed serves the next of the same size; when nothing is left in use, all is given back.
///
/// Under sanitizers each piece is an allocation of its own, so that they see its life.
///
/// Threads:   the manager's own
class RecordMemory final : public IPieceMemory {
public:
    RecordMemory() noexcept = default;
    ~RecordMemory();
    RecordMemory(RecordMemory const &) = delete;
    RecordMemory &operator=(RecordMemory const &) = delete;

    static constexpr std::size_t ALIGNMENT = 16;

    [[nodiscard]] void *allocate(std::size_t size) override;
    void deallocate(void *piece, std::size_t size) noexcept override;

    /// What the system gave for it.
    [[nodiscard]] std::size_t bytesHeld() const noexcept { return _bytes; }

private:
    static constexpr std::size_t LARGEST = 1088; // a page of IdTable's; what is larger is an allocation of its own

    struct Freed {
        Freed *next;
    };

    void addExtent();
    void giveBack() noexcept;

    std::array<Freed *, LARGEST / ALIGNMENT> _freed{};
    std::byte *_at = nullptr; // what is left of the newest extent
    std::byte *_end = nullptr;
    std::size_t _used = 0; // pieces
    std::size_t _bytes = 0;
    std::vector<Slab> _extents; // without a region: from operator new
};

} // namespace Ichor::Detail
