#pragma once

#include <cstdint>
#include <ichor/coroutines/FrameRecycler.h>
#include <ichor/events/EventHolder.h>

namespace Ichor::Detail {

class EventRouter;

/// An event that coroutines work on: moved out of the queue, and kept until the last of them has ended.
///
/// Threads: the manager's own
class InFlightEvent final {
public:
    /// Moves the event out of the queue. Errors: std::bad_alloc; then it is where it was
    [[nodiscard]] static InFlightEvent *take(EventRouter &router, Event &event) {
        auto *flight = new InFlightEvent(router);
        try {
            flight->_event = EventHolder::take(event);
        } catch (...) {
            delete flight;
            throw;
        }
        return flight;
    }
    InFlightEvent(InFlightEvent const &) = delete;
    InFlightEvent &operator=(InFlightEvent const &) = delete;

    [[nodiscard]] Event &event() noexcept { return *_event; }
    [[nodiscard]] EventRouter &router() noexcept { return _router; }
    void noteFailure() noexcept { _hasFailed = true; }

    void acquire() noexcept { ++_users; }
    /// The last one reports that the event is completed, and destroys it.
    void release() noexcept;

    static void *operator new(std::size_t size) { return FrameRecycler::allocate(size); }
    static void operator delete(void *memory, std::size_t size) noexcept { FrameRecycler::deallocate(memory, size); }

private:
    explicit InFlightEvent(EventRouter &router) noexcept : _router(router) {}
    ~InFlightEvent() = default;

    EventRouter &_router;
    EventHolder _event;
    std::uint32_t _users = 1;
    bool _hasFailed = false;
};

} // namespace Ichor::Detail
