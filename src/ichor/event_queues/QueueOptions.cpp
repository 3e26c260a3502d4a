#include <ichor/event_queues/QueueOptions.h>

#include <string>

namespace Ichor {

QueueFull::QueueFull(std::size_t capacity)
    : std::runtime_error("the event queue is full: " + std::to_string(capacity) + " events is its capacity, or its memory is used up") {}

QueueClosed::QueueClosed() : std::runtime_error("the event queue has ended and takes no more events") {}

} // namespace Ichor
