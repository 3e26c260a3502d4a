#pragma once

#include <ichor/events/Event.h>

#include <type_traits>
#include <utility>

namespace Ichor::Detail {

template <class E>
E const *typeGiver(EventOf<E> const &);

/// E derives, publicly, from one EventOf.
template <class E>
concept HasEventType = requires(E const &event) {
    typeGiver(event);
};

/// E's type and name are its own, or those of an event that it derives from.
template <class E>
concept EventType = HasEventType<E> && std::is_convertible_v<E const *, decltype(typeGiver(std::declval<E const &>()))>;

template <class E, class... Args>
concept EventFrom = std::is_constructible_v<E, Args...> || requires {
    E{EventOf<E>{}, std::declval<Args>()...};
};

template <class E, class... Args>
concept CanBePushed = EventType<E> && !std::is_polymorphic_v<E> && EventFrom<E, Args...>;

/// Says what is wrong with a push of an E that is made of `Args`. Instantiated when it cannot be pushed, and instead of all that would be
/// needed for it, so that nothing else is said.
template <class E, class... Args>
constexpr void refusePush() noexcept {
    static_assert(HasEventType<E>, "Ichor: an event derives, publicly, from EventOf of itself: struct Tick final : EventOf<Tick> {};");
    static_assert(!HasEventType<E> || EventType<E>,
                  "Ichor: this event derives from the EventOf of another event, which its handlers would take it for: write "
                  "struct Tick final : EventOf<Tick> {};");
    static_assert(!std::is_polymorphic_v<E>, "Ichor: an event has no virtual functions: queues look into it without");
    static_assert(
        !EventType<E> || EventFrom<E, Args...>,
        "Ichor: this event cannot be constructed from the arguments that follow its origin (and priority or deadline) in the push");
}

} // namespace Ichor::Detail
