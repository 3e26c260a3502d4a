#pragma once

#include <ichor/base/Contract.h>
#include <ichor/coroutines/CallStack.h>
#include <ichor/coroutines/Outcome.h>
#include <ichor/coroutines/Task.h>

#include <coroutine>
#include <memory>
#include <utility>

namespace Ichor::Detail {

/// A call chain whose outermost coroutine is a Task.
template <class T>
class TaskStack : public CallStack {
protected:
    TaskStack() noexcept = default;
    ~TaskStack() { abandonTask(); }

    [[nodiscard]] bool hasTask() const noexcept { return static_cast<bool>(_task); }

    /// Takes the task. False when it must not run, because its object's scope has ended: it is destroyed then.
    [[nodiscard]] bool take(Task<T> &task) noexcept {
        _task = std::exchange(task._coroutine, nullptr);
        if (!_task) contractViolation("an empty Task was launched: it was awaited before, moved from, or never held a coroutine");
        if (_task.promise().enter(*this)) return true;
        destroyTask();
        return false;
    }

    [[nodiscard]] Frame taskFrame() const noexcept { return {_task, &_task.promise()}; }

    /// Of a task that has ended: with an exception, Cancelled included.
    [[nodiscard]] bool hasThrown() const noexcept { return _task.promise().result.isError(); }

    /// The result of a task that has ended, whose frame is gone afterwards.
    [[nodiscard]] Outcome<T> takeOutcome() noexcept {
        Outcome<T> outcome;
        auto &result = _task.promise().result;
        if (result.isError()) {
            setError(outcome, result.takeError());
        } else {
            takeValue(outcome, result);
        }
        destroyTask();
        return outcome;
    }

    /// Destroys what is left of a task that sleeps.
    void abandonTask() noexcept {
        if (!_task) return;
        if (isRunning()) contractViolation("a coroutine was abandoned while it was running");
        forgetTask();
        abandonFrames();
    }

    /// Something else has destroyed the frame.
    void forgetTask() noexcept { _task = nullptr; }

    void destroyTask() noexcept { std::exchange(_task, nullptr).destroy(); }

private:
    static void takeValue(Outcome<T> &outcome, Result<T> &result) noexcept {
        try {
            if constexpr (std::is_void_v<T>) {
                result.take();
            } else if constexpr (std::is_reference_v<T>) {
                outcome.value.emplace(std::addressof(result.take()));
            } else {
                outcome.value.emplace(result.take());
            }
        } catch (...) { // moving the value out threw
            outcome.error = std::current_exception();
        }
    }

    std::coroutine_handle<TaskPromise<T>> _task;
};

} // namespace Ichor::Detail
