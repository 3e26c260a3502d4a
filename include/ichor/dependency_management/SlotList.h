#pragma once

#include <ichor/dependency_management/DependencySlot.h>
#include <memory>
#include <span>
#include <utility>

namespace Ichor::Detail {

/// The slots of a service that registers its dependencies while it is constructed. Exactly as large as needed; once the service is
/// registered, the slots do not move.
class SlotList final {
public:
    [[nodiscard]] std::span<DependencySlot> all() noexcept { return {_slots.get(), _count}; }

    void add(ServiceRecord &dependent, InterfaceType const &type, DependencyFlags flags, Properties with, Injection const &injection,
             void *self) {
        auto grown = std::make_unique<DependencySlot[]>(_count + 1);
        for (std::size_t i = 0; i < _count; ++i) {
            takeOver(grown[i], _slots[i]);
        }
        DependencySlot &slot = grown[_count];
        if (!with.empty()) {
            slot.properties = std::make_unique<Properties>(std::move(with));
        }
        slot.type = &type;
        slot.dependent = &dependent;
        slot.flags = flags;
        slot.injection = &injection;
        slot.self = self;
        _slots = std::move(grown);
        ++_count;
    }

private:
    // Nothing is linked yet: what makes a slot is its description.
    static void takeOver(DependencySlot &to, DependencySlot &from) noexcept {
        to.type = from.type;
        to.dependent = from.dependent;
        to.flags = from.flags;
        to.injection = from.injection;
        to.self = from.self;
        to.properties = std::move(from.properties);
    }

    std::unique_ptr<DependencySlot[]> _slots;
    std::size_t _count = 0;
};

} // namespace Ichor::Detail
