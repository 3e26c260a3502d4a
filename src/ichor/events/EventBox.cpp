#include <ichor/events/EventBox.h>

namespace Ichor::Detail {

void *allocateBoxed(std::size_t size, std::size_t alignment) {
    std::size_t prefix = boxPrefix(alignment);
    auto *memory = static_cast<std::byte *>(::operator new (prefix + size, std::align_val_t{prefix}));
    std::byte *event = memory + prefix;
    ::new (event - sizeof(EventBox *)) EventBox *{nullptr};
    return event;
}

void freeBoxed(void *event, std::size_t alignment) noexcept {
    std::size_t prefix = boxPrefix(alignment);
    ::operator delete (static_cast<std::byte *>(event) - prefix, std::align_val_t{prefix});
}

void destroyBoxed(Event &event) noexcept {
    EventDescriptor const &descriptor = event.descriptor();
    if (descriptor.destroy != nullptr) descriptor.destroy(event);
    freeBoxed(&event, descriptor.alignment);
}

} // namespace Ichor::Detail
