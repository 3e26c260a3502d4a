#pragma once

#include <ichor/coroutines/Leaf.h>

#include <coroutine>

namespace Ichor {

namespace Detail {

class YieldAwaiter final : public Leaf {
public:
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept {
        if (!begin(coroutine)) return refuse();
        sleep();
        complete();
        return true;
    }
    void await_resume() const { throwIfCancelled(); }
};

/// See yieldNow().
class Yielding {
public:
    Yielding() noexcept {}
    [[nodiscard]] YieldAwaiter operator co_await() const noexcept { return YieldAwaiter(); }
};

} // namespace Detail

/// `co_await yieldNow()` lets others run: what is more urgent, and what was already waiting at the same priority.
///
/// Waits:     suspends until the queue comes round
/// Errors:    throws Cancelled
[[nodiscard]] inline Detail::Yielding yieldNow() noexcept { return Detail::Yielding(); }

} // namespace Ichor
