#pragma once

#include <ichor/coroutines/AsyncGenerator.h>
#include <ichor/coroutines/Task.h>
#include <ichor/coroutines/YieldNow.h>
#include <ichor/dependency_management/DependencyRequest.h>
#include <ichor/events/CheckedEvent.h>
#include <ichor/model/EventError.h>
#include <type_traits>

namespace Ichor::Detail {

/// How the router calls a handler: exactly one is set.
struct HandlerThunk {
    void (*run)(void *self, Event const &event) = nullptr;
    Task<void> (*runAsync)(void *self, Event const &event) = nullptr;
};

struct InterceptorThunk {
    bool (*pre)(void *self, Event const &event) = nullptr;
    void (*post)(void *self, Event const &event, bool processed) = nullptr;
};

struct CompletionThunk {
    void (*completed)(void *self, Event const &event) = nullptr;
    void (*failed)(void *self, Event const &event, EventError const &error) = nullptr;
};

struct TrackerThunk {
    void (*request)(void *self, AnyDependencyRequest const &request) = nullptr;
    void (*undo)(void *self, AnyDependencyRequest const &request) = nullptr;
};

template <typename T>
inline constexpr bool IS_GENERATOR = false;
template <typename T>
inline constexpr bool IS_GENERATOR<AsyncGenerator<T>> = true;

/// Runs a generator handler to its end; what it yields marks a point where others may run.
template <typename T>
Task<void> drain(AsyncGenerator<T> generator) {
    auto it = co_await generator.begin();
    while (it != generator.end()) {
        co_await yieldNow();
        co_await ++it;
    }
}

/// What one may register an interceptor for: `<Event>` stands for all types.
template <typename E>
concept EventTypeOrAll = EventType<E> || std::is_same_v<E, Event>;

/// 0 for `<Event>`, and for what is no event, which has been refused.
template <typename E>
consteval std::uint64_t eventTypeOf() {
    if constexpr (EventType<E>) {
        return E::TYPE;
    } else {
        return 0;
    }
}

} // namespace Ichor::Detail
