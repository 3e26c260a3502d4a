#pragma once

#include <ichor/events/Event.h>

#include <utility>

namespace Ichor {

/// Owns one event that was taken out of a queue, for a handler that suspends.
///
/// Threads:   the queue's own
class EventHolder {
public:
    EventHolder() noexcept = default;
    EventHolder(EventHolder &&other) noexcept : _event(std::exchange(other._event, nullptr)) {}
    EventHolder &operator=(EventHolder &&other) noexcept {
        if (this != &other) {
            reset();
            _event = std::exchange(other._event, nullptr);
        }
        return *this;
    }
    ~EventHolder() { reset(); }

    /// Moves the event that a queue is having processed into a holder. What stays behind is a moved-from event that the queue
    /// destroys when process() has returned.
    ///
    /// Errors:    std::bad_alloc; then the event is where it was
    [[nodiscard]] static EventHolder take(Event &event);

    [[nodiscard]] Event *get() const noexcept { return _event; }
    [[nodiscard]] Event &operator*() const noexcept { return *_event; }
    [[nodiscard]] Event *operator->() const noexcept { return _event; }
    [[nodiscard]] explicit operator bool() const noexcept { return _event != nullptr; }

    void reset() noexcept;

private:
    explicit EventHolder(Event *event) noexcept : _event(event) {}

    Event *_event = nullptr; // nullptr = holds nothing
};

} // namespace Ichor
