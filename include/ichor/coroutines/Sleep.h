#pragma once

#include <ichor/base/Time.h>
#include <ichor/coroutines/Deadline.h>
#include <ichor/coroutines/Leaf.h>

#include <coroutine>

namespace Ichor {

namespace Detail {

class SleepAwaiter final : public Leaf {
public:
    explicit SleepAwaiter(Duration duration) noexcept : _duration(duration), _deadline(*this) {}

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> coroutine) {
        if (!begin(coroutine)) return refuse();
        _deadline.arm(stack(), _duration);
        return sleep();
    }
    void await_resume() const { throwIfCancelled(); }

private:
    class Alarm final : public Deadline {
    public:
        explicit Alarm(SleepAwaiter &sleeper) noexcept : _sleeper(sleeper) {}
        void wake() noexcept override { _sleeper.wake(); }

    private:
        SleepAwaiter &_sleeper;
    };

    void unhook() noexcept override { _deadline.disarm(); }

    Duration _duration;
    Alarm _deadline;
};

/// See sleepFor().
class Sleeping {
public:
    explicit Sleeping(Duration duration) noexcept : _duration(duration) {}
    [[nodiscard]] SleepAwaiter operator co_await() const noexcept { return SleepAwaiter(_duration); }

private:
    Duration _duration;
};

} // namespace Detail

/// `co_await sleepFor(10ms)` goes on no sooner than that, on the queue's clock.
///
/// Waits:     suspends until then; in a cancelled scope not for so long
/// Resumes:   on the same thread, at its priority
/// Errors:    throws Cancelled; std::bad_alloc
[[nodiscard]] inline Detail::Sleeping sleepFor(Duration duration) noexcept { return Detail::Sleeping(duration); }

} // namespace Ichor
