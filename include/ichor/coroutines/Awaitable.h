#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

namespace Ichor {

class Leaf;

namespace Detail {

struct Caller;

template <class A>
concept HasMemberCoAwait = requires(A &&awaitable) {
    static_cast<A &&>(awaitable).operator co_await();
};

template <class A>
concept HasFreeCoAwait = requires(A &&awaitable) {
    operator co_await(static_cast<A &&>(awaitable));
};

/// What `co_await` asks for readiness, suspension and result.
template <class A>
decltype(auto) awaiterOf(A &&awaitable) {
    if constexpr (HasMemberCoAwait<A>) {
        return static_cast<A &&>(awaitable).operator co_await();
    } else if constexpr (HasFreeCoAwait<A>) {
        return operator co_await(static_cast<A &&>(awaitable));
    } else {
        return static_cast<A &&>(awaitable);
    }
}

template <class A>
using AwaiterOf = std::remove_cvref_t<decltype(awaiterOf(std::declval<A>()))>;

/// What `co_await` on it gives.
template <class A>
using AwaitResult = decltype(std::declval<AwaiterOf<A> &>().await_resume());

template <class A>
inline constexpr bool IS_OURS = std::is_base_of_v<Leaf, AwaiterOf<A>> || std::is_base_of_v<Caller, AwaiterOf<A>>;

/// Awaits an awaiter that is a temporary where it lies: g++ 12 would move it.
template <class A>
class AwaiterReference {
public:
    explicit AwaiterReference(A &awaiter) noexcept : _awaiter(awaiter) {}

    [[nodiscard]] bool await_ready() const noexcept { return _awaiter.await_ready(); }
    template <class Handle>
    bool await_suspend(Handle coroutine) const {
        return _awaiter.await_suspend(coroutine);
    }
    decltype(auto) await_resume() const { return _awaiter.await_resume(); }

private:
    A &_awaiter;
};

} // namespace Detail

} // namespace Ichor
