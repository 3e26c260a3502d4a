#pragma once

#include <ichor/coroutines/Outcome.h>
#include <ichor/coroutines/Scope.h>
#include <ichor/coroutines/TaskStack.h>

#include <utility>

namespace Ichor {

/// Owns one top-level coroutine: derive from it and say what is to happen at its end.
///
/// Threads:   the resumer's own
/// Lifetime:  destroying it abandons the coroutine; not from inside of that, but finished() may destroy it
template <class T>
class Root : private Detail::TaskStack<T> {
public:
    Root(Root const &) = delete;
    Root &operator=(Root const &) = delete;

    /// Runs the coroutine up to its first suspension at once, so that finished() may be called inside. It belongs to that scope (nullptr:
    /// none); in one that is cancelled already it ends at its first await.
    ///
    /// Errors:    contract violation when it runs already or the task is empty
    void launch(Task<T> task, Scope *scope, IResumer &resumer, Priority priority, ServiceId owner) noexcept {
        if (isRunning()) contractViolation("a Root was launched while its coroutine still runs");
        this->bind(resumer, priority, owner);
        _entry.plan(scope);
        // A root may be the first in a scope that is cancelled and empty (a last farewell); it just never gets to wait there.
        (void)_entry.enter(*this);
        if (!this->take(task)) return conclude(cancelledOutcome());
        this->run(this->taskFrame().handle);
    }

    /// Its await ends with Cancelled, and so does each that follows, until it has ended.
    void cancel() noexcept {
        if (isRunning()) this->requestCancel();
    }

    /// Destroys the coroutine, which must be asleep; finished() is not called.
    void abandon() noexcept {
        this->abandonTask();
        this->releaseGenerators();
        _entry.leave();
    }

    /// Launched, and not at its end.
    [[nodiscard]] bool isRunning() const noexcept { return this->hasTask(); }

protected:
    Root() noexcept : _entry(ScopeEntry::Kind::ROOT) {}
    ~Root() { abandon(); }

    /// The coroutine has ended and its frame is gone. It leaves its scope when this returns. May launch another, or `delete this`.
    virtual void finished(Outcome<T> outcome) noexcept = 0;

private:
    static Outcome<T> cancelledOutcome() noexcept {
        Outcome<T> outcome;
        outcome.cancelled = true;
        return outcome;
    }

    void conclude(Outcome<T> outcome) noexcept {
        this->releaseGenerators();
        ScopeEntry leaving(ScopeEntry::Kind::ROOT);
        leaving.takeOver(_entry);
        finished(std::move(outcome)); // nothing of this may be touched afterwards
    }

    CallStack *ended() noexcept final {
        conclude(this->takeOutcome());
        return nullptr;
    }

    void endedEarly() noexcept final {
        this->forgetTask();
        conclude(cancelledOutcome());
    }

    ScopeEntry _entry;
};

} // namespace Ichor
