#pragma once

#include <ichor/base/Expected.h>
#include <ichor/base/Time.h>
#include <ichor/coroutines/ChildStack.h>
#include <ichor/coroutines/Deadline.h>
#include <ichor/coroutines/ToTask.h>
#include <ichor/model/Cancelled.h>

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

namespace Ichor {

namespace Detail {

template <class T>
class TimeoutAwaiter final : public ParentLeaf {
public:
    TimeoutAwaiter(Duration duration, Task<T> &task) noexcept : _duration(duration), _child(ChildSeed<T>{*this, task}), _deadline(*this) {}

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> coroutine) {
        if (!begin(coroutine)) return refuse();
        _deadline.arm(stack(), _duration);
        _child.prepare(stack());
        if (sleepUntilEnded()) return true;
        _deadline.disarm();
        return false;
    }

    Expected<T, Cancelled> await_resume() {
        auto &outcome = _child.outcome;
        if (outcome.error != nullptr) std::rethrow_exception(std::move(outcome.error));
        if (wasCancelled() || outcome.cancelled || _deadline.hasPassed) return unexpected(Cancelled{});
        if constexpr (std::is_void_v<T>) {
            return {};
        } else {
            return std::move(*outcome.value);
        }
    }

private:
    class Alarm final : public Deadline {
    public:
        explicit Alarm(TimeoutAwaiter &awaiter) noexcept : _awaiter(awaiter) {}
        void wake() noexcept override {
            hasPassed = true;
            _awaiter.cancelChildren();
        }

        bool hasPassed = false;

    private:
        TimeoutAwaiter &_awaiter;
    };

    void onAllEnded() noexcept override { _deadline.disarm(); }

    Duration _duration;
    ChildStack<T> _child;
    Alarm _deadline;
};

/// See withTimeout().
template <class T>
class [[nodiscard]] WithTimeout {
public:
    WithTimeout(Duration duration, Task<T> task) noexcept : _duration(duration), _task(std::move(task)) {}
    [[nodiscard]] TimeoutAwaiter<T> operator co_await() noexcept { return TimeoutAwaiter<T>(_duration, _task); }

private:
    Duration _duration;
    Task<T> _task;
};

} // namespace Detail

/// `co_await withTimeout(2s, operation)` gives what a task or another operation gives, or Cancelled when it takes longer than that. It
/// is cancelled then, and this waits until it has wound down; a value that it comes up with after the deadline is lost. A result that is
/// an Expected already is wrapped once more: `Expected<Expected<T, E>, Cancelled>`.
///
/// Waits:     suspends until the operation has ended, one way or the other
/// Resumes:   on the same thread, together with the end of the operation
/// Lifetime:  owns a temporary that is passed; refers to what has a name
/// Errors:    Cancelled also when the awaiting coroutine is cancelled; the operation's exceptions pass through; std::bad_alloc
template <class A>
[[nodiscard]] auto withTimeout(Duration duration, A &&operation) {
    using T = Detail::TaskResult<A>;
    static_assert(!std::is_reference_v<T>, "withTimeout needs an operation that gives a value: a reference does not fit in an Expected.");
    return Detail::WithTimeout<T>(duration, Detail::toTask(std::forward<A>(operation)));
}

} // namespace Ichor
