#pragma once

#include <ichor/coroutines/CallStack.h>
#include <ichor/coroutines/PromiseBase.h>
#include <ichor/model/Cancelled.h>

#include <concepts>
#include <coroutine>
#include <cstdint>

namespace Ichor {

/// The base of every operation that a coroutine can sleep in: the awaiter itself, which is what gets called to resume.
///
/// A derived class writes
///
///     template <class Promise> bool await_suspend(std::coroutine_handle<Promise> coroutine) {
///         if (!begin(coroutine)) return refuse();  // cancelled: await_resume sees wasCancelled()
///         if (there is nothing to wait for) return false;
///         … hook itself to what it waits for, which calls complete() later
///         return sleep();
///     }
///
/// a destructor that unhooks (the coroutine may be destroyed while it sleeps), and an await_resume that calls throwIfCancelled() or
/// returns Cancelled as an error.
///
/// Threads:   the resumer's own
class Leaf : public Wakeup {
public:
    [[nodiscard]] bool await_ready() const noexcept { return false; }

    /// Ends the operation. The coroutine resumes with Cancelled, later, by a wakeup at its priority.
    virtual void cancel() noexcept;

    /// Whether a coroutine that runs at the moment is part of this operation.
    [[nodiscard]] virtual bool isBusy() const noexcept { return false; }

protected:
    Leaf() noexcept = default;
    virtual ~Leaf() {
        if (isAsleep()) _stack->_leaf = nullptr;
    }

    /// Notes who awaits. False when the call stack is cancelled already; then there is nothing to wait for: see refuse().
    template <class Promise>
    [[nodiscard]] bool begin(std::coroutine_handle<Promise> coroutine) noexcept {
        static_assert(std::derived_from<Promise, Detail::PromiseBase>,
                      "Ichor's operations can be awaited in an Ichor::Task or Ichor::AsyncGenerator only: a coroutine of another "
                      "library has no scope that could cancel it and no queue that would resume it.");
        _frame = {coroutine, &coroutine.promise()};
        _stack = coroutine.promise().stack();
        _state = _stack->isCancelled() ? State::CANCELLED : State::AWAKE;
        return _state == State::AWAKE;
    }

    /// What await_suspend returns when begin() was false. A coroutine that goes on awaiting although it is cancelled suspends from some
    /// time on: it goes round by the queue, and later waits a little, so that a loop of such awaits does not hold the thread for ever, and
    /// the deadline for its end can pass, on a clock that is turned by hand too.
    [[nodiscard]] bool refuse() noexcept;

    /// The last line of await_suspend.
    bool sleep() noexcept {
        _state = State::ASLEEP;
        _stack->_leaf = this;
        return true;
    }

    /// What it waited for is there: the coroutine resumes later, by a wakeup at its priority. Not after cancel().
    void complete() noexcept {
        if (_state != State::ASLEEP) [[unlikely]]
            return;
        _state = State::COMPLETED;
        postSelf();
    }

    /// The same from CallStack::ended() of one that it waits for, which returns this: goes on without a wakeup.
    [[nodiscard]] CallStack *goOn() noexcept;

    /// These chains, joined from the first to the last, are to run as soon as the coroutine has gone to sleep.
    void runChildren(CallStack &first) noexcept { _stack->_begun = &first; }
    static void join(CallStack &child, CallStack *next) noexcept { child._nextBegun = next; }

    /// Takes itself off what it waits for: called by cancel(), which then resumes the coroutine. It may have been completed before; what
    /// it was given then is to be passed on.
    virtual void unhook() noexcept {}

    [[nodiscard]] CallStack &stack() const noexcept { return *_stack; }
    /// Neither resumed nor destroyed since sleep().
    [[nodiscard]] bool isAsleep() const noexcept { return _stack != nullptr && _stack->_leaf == this; }
    [[nodiscard]] bool isCompleted() const noexcept { return _state == State::COMPLETED; }
    [[nodiscard]] bool wasCancelled() const noexcept { return _state == State::CANCELLED; }
    void throwIfCancelled() const {
        if (wasCancelled()) throw Cancelled{};
    }
    void postSelf() noexcept { _stack->_resumer->post(*this, _stack->_priority); }

    /// Resumes the coroutine at once: for a queue's call only, which is where a wakeup of another kind comes from too.
    void wake() noexcept final;

private:
    friend CallStack;

    enum class State : std::uint8_t { AWAKE, ASLEEP, COMPLETED, CANCELLED };

    CallStack *_stack = nullptr;
    Detail::Frame _frame;
    State _state = State::AWAKE;
};

} // namespace Ichor
