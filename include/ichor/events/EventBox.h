#pragma once

#include <ichor/events/Event.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace Ichor::Detail {

/// Events that live outside of a queue's memory ("boxed"): in front of each stands a pointer to its record in the queue, so that whoever
/// is given the event can take it out. nullptr there = it is in no queue.
inline std::size_t boxPrefix(std::size_t alignment) noexcept { return std::max(alignment, sizeof(EventBox *)); }

inline EventBox *&recordOfBoxed(Event &event) noexcept {
    return *std::launder(reinterpret_cast<EventBox **>(reinterpret_cast<std::byte *>(&event) - sizeof(EventBox *)));
}

/// Errors:    std::bad_alloc
void *allocateBoxed(std::size_t size, std::size_t alignment);
void freeBoxed(void *event, std::size_t alignment) noexcept;

/// Ends the event and frees its memory.
void destroyBoxed(Event &event) noexcept;

} // namespace Ichor::Detail
