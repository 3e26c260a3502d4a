#pragma once

#include <ichor/base/TypeName.h>
#include <ichor/events/EventDescriptor.h>
#include <ichor/model/Priority.h>
#include <ichor/model/ServiceId.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace Ichor {

namespace Detail {
struct EventAccess;
}

/// Something that happened, on its way to whoever wants to know. Derive from EventOf<E>, not from this.
///
/// Threads:   one at a time; a queue hands it from the thread that pushed it to its own
/// Lifetime:  a handler that does not suspend reads it in the queue's memory, until the handler returns
class Event {
public:
    [[nodiscard]] std::uint64_t type() const noexcept { return _descriptor->type; }
    [[nodiscard]] std::string_view name() const noexcept { return _descriptor->name; }

    /// Unique in the queue that it was pushed to; 0 before that.
    [[nodiscard]] std::uint64_t id() const noexcept { return _id; }

    /// Who pushed it.
    [[nodiscard]] ServiceId origin() const noexcept { return _origin; }
    [[nodiscard]] Priority priority() const noexcept { return _priority; }

    /// Only of an event that was pushed.
    [[nodiscard]] EventDescriptor const &descriptor() const noexcept { return *_descriptor; }

protected:
    Event() noexcept = default;
    Event(Event const &) noexcept = default;
    Event(Event &&) noexcept = default;
    Event &operator=(Event const &) noexcept = default;
    Event &operator=(Event &&) noexcept = default;
    ~Event() = default;

private:
    friend Detail::EventAccess;

    EventDescriptor const *_descriptor = nullptr; // nullptr = not pushed yet
    std::uint64_t _id = 0;
    ServiceId _origin;
    Priority _priority{0};
};

static_assert(sizeof(Event) == 32);

/// The base of every event: `struct OrderPlaced final : EventOf<OrderPlaced> { … };` gives it its type and name.
template <class E>
class EventOf : public Event {
public:
    static constexpr std::uint64_t TYPE = typeNameHash<E>();
    static constexpr std::string_view NAME = typeName<E>();

    EventOf() noexcept = default; // so that this is no aggregate, and one that is derived from it can be
};

namespace Detail {

/// For queues: writes what an event does not let others write.
struct EventAccess {
    static void describe(Event &event, EventDescriptor const &descriptor, std::uint64_t id, ServiceId origin, Priority priority) noexcept {
        event._descriptor = &descriptor;
        event._id = id;
        event._origin = origin;
        event._priority = priority;
    }
    static void copyHeader(Event &to, Event const &from) noexcept { to = from; }
    static void setId(Event &event, std::uint64_t id) noexcept { event._id = id; }
};

/// Records in a queue are aligned to this, and larger events than that are not worth moving about.
inline constexpr std::size_t RECORD_ALIGNMENT = 8;
inline constexpr std::size_t MAX_UNBOXED_SIZE = 1024;

template <class E>
inline constexpr bool IS_BOXED = alignof(E) > RECORD_ALIGNMENT || sizeof(E) > MAX_UNBOXED_SIZE || !std::is_nothrow_move_constructible_v<E>;

/// The record of an event that lives outside of the queue's memory.
struct EventBox : Event {
    Event *target = nullptr; // nullptr: it was moved out
};

/// Which records a queue treats in a way of its own.
template <class E>
inline constexpr EventKind KIND_OF = EventKind::ORDINARY;

template <class E>
void moveEvent(void *to, Event &from) noexcept {
    E *moved = ::new (to) E(std::move(static_cast<E &>(from)));
    EventAccess::copyHeader(*moved, from); // a move constructor of the user's may have left it behind
}

template <class E>
void destroyEvent(Event &event) noexcept {
    std::destroy_at(static_cast<E *>(&event));
}

template <class E>
consteval EventDescriptor describeEvent(Accounting accounting) {
    constexpr std::size_t rounded = (sizeof(E) + RECORD_ALIGNMENT - 1) / RECORD_ALIGNMENT * RECORD_ALIGNMENT;
    EventDescriptor descriptor{.type = E::TYPE,
                               .name = E::NAME,
                               .size = static_cast<std::uint32_t>(rounded),
                               .alignment = static_cast<std::uint32_t>(alignof(E)),
                               .recordSize = static_cast<std::uint32_t>(IS_BOXED<E> ? sizeof(EventBox) : rounded),
                               .kind = KIND_OF<E>,
                               .accounting = accounting,
                               .isBoxed = IS_BOXED<E>,
                               .moveTo = nullptr,
                               .destroy = nullptr};
    if constexpr (!IS_BOXED<E>) descriptor.moveTo = &moveEvent<E>;
    if constexpr (!std::is_trivially_destructible_v<E>) descriptor.destroy = &destroyEvent<E>;
    return descriptor;
}

template <class E, Accounting A>
inline constexpr EventDescriptor DESCRIPTOR_OF = describeEvent<E>(A);

} // namespace Detail

} // namespace Ichor
