#pragma once

#include <ichor/coroutines/AsyncEvent.h>

#include <coroutine>

namespace Ichor {

/// A door: set() opens it for all who wait and all who come, until reset().
///
///     co_await event;
///
/// Threads:   set() and isSet() any; all else that of its owner: the queue that ran on the thread where it was made, or else the queue of
///            the first coroutine that awaits it
/// Resumes:   on the owner's thread, by a wakeup at the waiter's priority, first come first served
/// Lifetime:  destroyed on the owner's thread, after each set() elsewhere has returned; who still waits then gets Cancelled
/// Errors:    the await throws Cancelled
class AsyncManualResetEvent final : public Detail::AsyncEvent {
public:
    class Waiter final : public Detail::EventWaiter {
    public:
        explicit Waiter(AsyncManualResetEvent &event) noexcept : _event(event) {}

        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept {
            if (!begin(coroutine)) return refuse();
            bind(_event, stack().resumer());
            return !_event._isSet.load(std::memory_order_relaxed) && sleepIn(_event);
        }

    private:
        void unhook() noexcept override { hook.unlink(); }

        AsyncManualResetEvent &_event;
    };

    AsyncManualResetEvent() noexcept = default;

    /// Wakes all who wait, and lets those pass who come before the next reset().
    ///
    /// Threads:   any
    /// Waits:     never
    /// Resumes:   on the owner's thread, by a wakeup at the waiter's priority, first come first served
    void set() noexcept {
        if (!setsFromElsewhere()) setHere();
    }

    [[nodiscard]] Waiter operator co_await() noexcept { return Waiter(*this); }

private:
    void setHere() noexcept override {
        _isSet.store(true, std::memory_order_release);
        releaseAll();
    }
};

} // namespace Ichor
