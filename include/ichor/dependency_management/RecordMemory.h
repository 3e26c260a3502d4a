#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace Ichor::Detail {

/// Where the records of a manager's services and their slots lie: cut one after the other from ever larger extents, so that ten thousand
/// services cost some huge pages instead of a page fault for every fourth. What is freed serves the next of the same size; when nothing is
/// left in use, all is given back.
///
/// Under sanitizers each piece is an allocation of its own, so that they see its life.
///
/// Threads:   the manager's own
class RecordMemory final {
public:
    RecordMemory() noexcept = default;
    ~RecordMemory();
    RecordMemory(RecordMemory const &) = delete;
    RecordMemory &operator=(RecordMemory const &) = delete;

    static constexpr std::size_t ALIGNMENT = 16;

    /// Errors: std::bad_alloc
    [[nodiscard]] void *allocate(std::size_t size);
    /// `size` as it was asked for.
    void deallocate(void *piece, std::size_t size) noexcept;

    /// What the system gave for it.
    [[nodiscard]] std::size_t bytesHeld() const noexcept { return _bytes; }

private:
    static constexpr std::size_t LARGEST = 1024; // what is larger is an allocation of its own

    struct Freed {
        Freed *next;
    };
    struct Extent {
        std::byte *memory;
        bool isSlab;
    };

    void addExtent();
    void giveBack() noexcept;

    std::array<Freed *, LARGEST / ALIGNMENT> _freed{};
    std::byte *_at = nullptr; // what is left of the newest extent
    std::byte *_end = nullptr;
    std::size_t _used = 0; // pieces
    std::size_t _bytes = 0;
    std::vector<Extent> _extents;
};

} // namespace Ichor::Detail
