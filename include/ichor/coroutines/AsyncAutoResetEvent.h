#pragma once

#include <ichor/coroutines/AsyncEvent.h>

#include <coroutine>

namespace Ichor {

/// A turnstile: each set() lets one through: the one who waits longest, or else the next who comes. Several set() before that let only
/// one through. A waiter that is cancelled or destroyed after it was let through passes that on.
///
///     co_await event;
///
/// Threads:   set() and isSet() any; all else that of its owner: the queue that ran on the thread where it was made, or else the queue of
///            the first coroutine that awaits it
/// Resumes:   on the owner's thread, by a wakeup at the waiter's priority, first come first served
/// Lifetime:  destroyed on the owner's thread, after each set() elsewhere has returned; who still waits then gets Cancelled
/// Errors:    the await throws Cancelled
class AsyncAutoResetEvent final : public Detail::AsyncEvent {
public:
    class Waiter final : public Detail::EventWaiter {
    public:
        explicit Waiter(AsyncAutoResetEvent &event) noexcept : _event(event) {}
        ~Waiter() override {
            if (isAsleep()) unhook();
        }

        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept {
            if (!begin(coroutine)) return refuse();
            bind(_event, stack().resumer());
            return !_event.takeSet() && sleepIn(_event);
        }

    private:
        void unhook() noexcept override {
            if (!isHooked()) return;
            hook.unlink();
            if (isCompleted()) _event.setHere();
        }

        AsyncAutoResetEvent &_event;
    };

    AsyncAutoResetEvent() noexcept = default;

    /// Wakes the one who waits longest, or else the next that awaits.
    ///
    /// Threads:   any
    /// Waits:     never
    /// Resumes:   on the owner's thread, by a wakeup at the waiter's priority, first come first served
    void set() noexcept {
        if (!setsFromElsewhere()) setHere();
    }

    [[nodiscard]] Waiter operator co_await() noexcept { return Waiter(*this); }

private:
    bool takeSet() noexcept {
        if (!_isSet.load(std::memory_order_relaxed)) return false;
        _isSet.store(false, std::memory_order_relaxed);
        return true;
    }

    void setHere() noexcept override {
        if (!releaseOne()) _isSet.store(true, std::memory_order_release);
    }
};

} // namespace Ichor
