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
    [[nodiscard]] std::uint64_t type() const noexcept { return descriptor().type; }
    [[nodiscard]] std::string_view name() const noexcept { return descriptor().name; }

    /// Unique in the queue that it was pushed to; 0 before that.
    [[nodiscard]] std::uint64_t id() const noexcept { return _id; }

    /// Who pushed it.
    [[nodiscard]] ServiceId origin() const noexcept { return ServiceId{_originAndPriority >> SHARED_BITS}; }
    [[nodiscard]] Priority priority() const noexcept {
        return Priority{(_descriptorAndPriority & SHARED_MASK) << SHARED_BITS | (_originAndPriority & SHARED_MASK)};
    }

    /// Only of an event that was pushed.
    [[nodiscard]] EventDescriptor const &descriptor() const noexcept {
        return *reinterpret_cast<EventDescriptor const *>(static_cast<std::uintptr_t>(_descriptorAndPriority >> SHARED_BITS));
    }

protected:
    Event() noexcept = default;
    Event(Event const &) noexcept = default;
    Event(Event &&) noexcept = default;
    Event &operator=(Event const &) noexcept = default;
    Event &operator=(Event &&) noexcept = default;
    ~Event() = default;

private:
    friend Detail::EventAccess;

    // A queue that grows is as fast as its memory, hence no spare bits: addresses of data and ids of services have 48, a priority has 32.
    static constexpr unsigned SHARED_BITS = 16;
    static constexpr std::uint64_t SHARED_MASK = (std::uint64_t{1} << SHARED_BITS) - 1;

    std::uint64_t _descriptorAndPriority = 0; // its upper half; descriptor 0 = not pushed yet
    std::uint64_t _id = 0;
    std::uint64_t _originAndPriority = 0; // its lower half
};

static_assert(sizeof(Event) == 24);

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
    static constexpr unsigned ORIGIN_BITS = 64 - Event::SHARED_BITS;

    /// Errors:    the contract is violated when the origin has more than 48 bits, since no service has such an id
    static void describe(Event &event, EventDescriptor const &descriptor, std::uint64_t id, ServiceId origin, Priority priority) noexcept {
        if (origin.value >> ORIGIN_BITS != 0) [[unlikely]]
            refuseOrigin();
        std::uint64_t address = reinterpret_cast<std::uintptr_t>(&descriptor);
        event._descriptorAndPriority = address << Event::SHARED_BITS | priority.value >> Event::SHARED_BITS;
        event._id = id;
        event._originAndPriority = origin.value << Event::SHARED_BITS | (priority.value & Event::SHARED_MASK);
    }
    [[noreturn]] static void refuseOrigin() noexcept;
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
    [[maybe_unused]] E *moved = ::new (to) E(std::move(static_cast<E &>(from)));
    if constexpr (!std::is_trivially_move_constructible_v<E>) {
        EventAccess::copyHeader(*moved, from); // a move constructor of the user's may have left it behind
    }
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
