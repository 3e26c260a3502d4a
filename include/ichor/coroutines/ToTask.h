#pragma once

#include <ichor/coroutines/Awaitable.h>
#include <ichor/coroutines/Task.h>

#include <type_traits>
#include <utility>

namespace Ichor::Detail {

template <class T>
inline constexpr bool IS_TASK = false;
template <class T>
inline constexpr bool IS_TASK<Task<T>> = true;

template <class A>
Task<AwaitResult<A>> awaitOwned(A awaitable) {
    co_return co_await std::move(awaitable);
}

template <class A>
Task<AwaitResult<A &>> awaitReferenced(A &awaitable) {
    co_return co_await awaitable;
}

/// A task that awaits it. What is passed as a temporary moves into the task; what has a name is referred to.
template <class A>
auto toTask(A &&awaitable) {
    static_assert(!(IS_TASK<std::remove_cvref_t<A>> && std::is_lvalue_reference_v<A>),
                  "A Task that has a name must be handed over: write std::move(task). Awaiting uses it up.");
    static_assert(IS_OURS<A>, "Only Ichor's tasks and operations can be awaited here: see Ichor::Leaf for how to write another.");
    if constexpr (IS_TASK<std::remove_cvref_t<A>>) {
        return std::remove_cvref_t<A>(std::forward<A>(awaitable));
    } else if constexpr (std::is_lvalue_reference_v<A>) {
        return awaitReferenced(awaitable);
    } else {
        static_assert(std::is_move_constructible_v<A>, "This operation is bound to the place where it was made: co_await it inside a Task "
                                                       "of its own and pass that.");
        return awaitOwned(std::move(awaitable));
    }
}

template <class A>
using TaskResult = AwaitResult<decltype(toTask(std::declval<A>()))>;

} // namespace Ichor::Detail
