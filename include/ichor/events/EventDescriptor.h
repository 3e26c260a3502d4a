#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace Ichor {

class Event;

/// What has to be done with a record in a queue.
enum class EventKind : std::uint8_t {
    ORDINARY,  ///< an event that the processor is given
    COROUTINE, ///< the same, and a RunFunctionEventAsync
    WAKEUP,    ///< a ContinueEvent, which the queue sees to itself
    BOX,       ///< holds a pointer to an event that lives outside of the queue's own memory
    HOLE,      ///< nothing: the event that was to be here threw in its constructor after others had been pushed behind it
};

/// Whether an event counts against the capacity of a bounded queue.
enum class Accounting : std::uint8_t { COUNTED, FREE };

/// What is known of all events of one type; it stands in for a vtable.
struct EventDescriptor {
    std::uint64_t type;
    std::string_view name;
    std::uint32_t size;       ///< of the event itself, in bytes; a multiple of 8
    std::uint32_t alignment;  ///< in bytes
    std::uint32_t recordSize; ///< what it takes up in a queue, in bytes
    EventKind kind;
    Accounting accounting;
    bool isBoxed; ///< too large, too strictly aligned or not safely movable: only a pointer is in the queue
    void (*moveTo)(void *to, Event &from) noexcept; ///< constructs an equal event at `to`, where nothing was; nullptr when boxed
    void (*destroy)(Event &event) noexcept;         ///< nullptr when there is nothing to do
};

} // namespace Ichor
