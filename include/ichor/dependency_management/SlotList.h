#pragma once

#include <cstddef>
#include <cstdint>
#include <ichor/dependency_management/DependencySlot.h>
#include <span>
#include <utility>

namespace Ichor::Detail {

/// The slots of a service. Those of one that registers its dependencies while it is constructed lie in its manager's memory and are exactly
/// as many as needed; once the service is registered, they do not move. Those of others lie in their records.
class SlotList final {
public:
    SlotList() noexcept = default;
    ~SlotList() {
        if (_isOwner) {
            clear();
        }
    }
    SlotList(SlotList const &) = delete;
    SlotList &operator=(SlotList const &) = delete;

    [[nodiscard]] std::span<DependencySlot> all() const noexcept { return {_slots, _count}; }

    /// These are all. Lifetime: as long as the list is used
    void refer(std::span<DependencySlot> slots) noexcept {
        _slots = slots.data();
        _count = static_cast<std::uint32_t>(slots.size());
    }

    /// One more. Errors: std::bad_alloc, then nothing has changed
    void add(ServiceRecord &dependent, InterfaceType const &type, DependencyFlags flags, Properties with, Injection const &injection,
             void *self);

private:
    void clear() noexcept;

    DependencySlot *_slots = nullptr;
    std::uint32_t _count = 0;
    bool _isOwner = false; // they were added
};

} // namespace Ichor::Detail
