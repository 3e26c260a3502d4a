#include <ichor/events/EventHolder.h>

#include <ichor/base/Contract.h>
#include <ichor/coroutines/FrameRecycler.h>
#include <ichor/events/EventBox.h>

namespace Ichor {

EventHolder EventHolder::take(Event &event) {
    EventDescriptor const &descriptor = event.descriptor();
    if (descriptor.isBoxed) {
        Detail::EventBox *&record = Detail::recordOfBoxed(event);
        if (record == nullptr) contractViolation("this event was taken out of its queue before");
        record->target = nullptr;
        record = nullptr;
        return EventHolder(&event);
    }
    void *memory = Detail::FrameRecycler::allocate(descriptor.size);
    descriptor.moveTo(memory, event);
    return EventHolder(static_cast<Event *>(memory));
}

void EventHolder::reset() noexcept {
    Event *event = std::exchange(_event, nullptr);
    if (event == nullptr) return;
    EventDescriptor const &descriptor = event->descriptor();
    if (descriptor.isBoxed) {
        Detail::destroyBoxed(*event);
        return;
    }
    if (descriptor.destroy != nullptr) descriptor.destroy(*event);
    Detail::FrameRecycler::deallocate(event, descriptor.size);
}

} // namespace Ichor
