#pragma once

#include <ichor/base/Contract.h>
#include <ichor/coroutines/PromiseBase.h>
#include <ichor/coroutines/Result.h>
#include <ichor/model/Cancelled.h>

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

namespace Ichor {

template <class T>
class Task;

namespace Detail {

template <class T>
class TaskPromise;
template <class T>
class TaskAwaiter;
template <class T>
class TaskStack;

template <class T>
class TaskPromiseBase : public PromiseBase {
public:
    TaskPromiseBase() noexcept : PromiseBase(Kind::TASK) {}

    [[nodiscard]] Task<T> get_return_object() noexcept;
    [[nodiscard]] FinalAwaiter final_suspend() noexcept { return {*this}; }
    void unhandled_exception() noexcept { result.setError(std::current_exception()); }

    Result<T> result;

protected:
    ~TaskPromiseBase() = default;

private:
    friend TaskAwaiter<T>;
};

template <class T>
class TaskPromise final : public TaskPromiseBase<T> {
public:
    TaskPromise() noexcept = default;
    /// A member function's first argument is its object: the coroutine runs inside that object's scope as well.
    template <class Self, class... Rest>
    explicit TaskPromise(Self &self, Rest &&...) noexcept {
        this->plan(scopeOf(self));
    }

    template <class U = T>
    requires std::is_constructible_v<T, U>
    void return_value(U &&value) { this->result.setValue(std::forward<U>(value)); }
};

template <>
class TaskPromise<void> final : public TaskPromiseBase<void> {
public:
    TaskPromise() noexcept = default;
    template <class Self, class... Rest>
    explicit TaskPromise(Self &self, Rest &&...) noexcept {
        this->plan(scopeOf(self));
    }

    void return_void() const noexcept {}
};

/// Runs a task to its end for the coroutine that awaits it; owns the task's frame.
template <class T>
class TaskAwaiter : public Caller {
    using Handle = std::coroutine_handle<TaskPromise<T>>;

public:
    explicit TaskAwaiter(Handle task) noexcept : _task(task) {
        if (!task) contractViolation("an empty Task was awaited: it was awaited before, moved from, or never held a coroutine");
    }
    TaskAwaiter(TaskAwaiter const &) = delete;
    TaskAwaiter &operator=(TaskAwaiter const &) = delete;
    ~TaskAwaiter() { destroyTask(); }

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept {
        static_assert(std::is_base_of_v<PromiseBase, Promise>,
                      "An Ichor::Task can be awaited in an Ichor::Task or Ichor::AsyncGenerator only: a coroutine of another library "
                      "has no scope that could cancel it and no queue that would resume it.");
        Handle const handle = _task; // in a register: who reads it next reads it from memory anyway
        TaskPromise<T> &task = handle.promise();
        CallStack &stack = *coroutine.promise().stack();
        if (!task.enter(stack)) {
            destroyTask();
            return false;
        }
        this->frame = {coroutine, &coroutine.promise()};
        task._caller = this;
        PromiseBase::goOnWith(stack, handle);
        return true;
    }

    T await_resume() {
        if (this->isCalleeGone) throw Cancelled{};
        // The frame goes before the caller goes on, so that the caller is no longer inside the scopes that the task was inside.
        struct End {
            TaskAwaiter &awaiter;
            ~End() { awaiter.destroyTask(); }
        } const end{*this};
        return _task.promise().result.take();
    }

private:
    void destroyTask() noexcept {
        if (!this->isCalleeGone && _task) {
            this->isCalleeGone = true;
            _task.destroy();
        }
    }

    Handle _task;
};

} // namespace Detail

/// A coroutine that runs once it is awaited, or once a Root launches it, and gives one result: `co_await` yields it or throws what the
/// coroutine threw. Awaiting uses the task up. A member function that returns a Task runs inside its object's scope: see Scope.
///
/// Threads:   the one that awaits it
/// Waits:     never by itself; suspends where its operations do
/// Lifetime:  owns the coroutine; a task that is dropped destroys it. References among its arguments must live until it ends
/// Errors:    the coroutine's exceptions; Cancelled when its object's scope ended before it began; std::bad_alloc from the call
template <class T>
class [[nodiscard]] Task {
    static_assert(!std::is_rvalue_reference_v<T>, "Task<T &&> would hand out a reference to something that is gone: return T by value.");

public:
    using promise_type = Detail::TaskPromise<T>;

    /// Holds no coroutine.
    Task() noexcept = default;
    Task(Task &&other) noexcept : _coroutine(std::exchange(other._coroutine, nullptr)) {}
    Task &operator=(Task &&other) noexcept {
        Task(std::move(other)).swap(*this);
        return *this;
    }
    ~Task() {
        if (auto coroutine = std::exchange(_coroutine, nullptr)) coroutine.destroy();
    }

    /// Whether there is a coroutine to await.
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(_coroutine); }

    [[nodiscard]] auto operator co_await() noexcept { return Detail::TaskAwaiter<T>(std::exchange(_coroutine, nullptr)); }

    void swap(Task &other) noexcept { std::swap(_coroutine, other._coroutine); }

private:
    friend Detail::TaskPromiseBase<T>;
    friend Detail::TaskStack<T>;

    explicit Task(std::coroutine_handle<promise_type> coroutine) noexcept : _coroutine(coroutine) {}

    std::coroutine_handle<promise_type> _coroutine;
};

template <class T>
Task<T> Detail::TaskPromiseBase<T>::get_return_object() noexcept {
    return Task<T>(handleOf(static_cast<TaskPromise<T> &>(*this)));
}

} // namespace Ichor
