#include <ichor/dependency_management/SlotList.h>

#include <ichor/dependency_management/ServiceRecord.h>
#include <memory>
#include <type_traits>

namespace Ichor::Detail {

namespace {

static_assert(std::is_nothrow_default_constructible_v<DependencySlot>);

/// Nothing is linked yet: what makes a slot is its description.
void takeOver(DependencySlot &to, DependencySlot &from) noexcept {
    to.type = from.type;
    to.dependent = from.dependent;
    to.flags = from.flags;
    to.injection = from.injection;
    to.self = from.self;
    to.properties = std::move(from.properties);
}

} // namespace

void SlotList::add(ServiceRecord &dependent, InterfaceType const &type, DependencyFlags flags, Properties with, Injection const &injection,
                   void *self) {
    auto ownProperties = with.empty() ? nullptr : std::make_unique<Properties>(std::move(with));
    std::uint32_t const count = _count + 1;
    auto *grown = static_cast<DependencySlot *>(ServiceRecord::memoryOf(dependent.manager).allocate(count * sizeof(DependencySlot)));
    std::uninitialized_value_construct_n(grown, count);
    for (std::uint32_t i = 0; i < _count; ++i) {
        takeOver(grown[i], _slots[i]);
    }
    clear();
    _slots = grown;
    _count = count;
    _isOwner = true;
    DependencySlot &slot = grown[count - 1];
    slot.properties = std::move(ownProperties);
    slot.type = &type;
    slot.dependent = &dependent;
    slot.flags = flags;
    slot.injection = &injection;
    slot.self = self;
}

void SlotList::clear() noexcept {
    if (_count == 0) {
        return;
    }
    RecordMemory &memory = ServiceRecord::memoryOf(_slots->dependent->manager);
    std::destroy_n(_slots, _count);
    memory.deallocate(_slots, _count * sizeof(DependencySlot));
    _count = 0;
}

} // namespace Ichor::Detail
