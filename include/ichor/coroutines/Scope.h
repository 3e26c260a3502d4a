#pragma once

#include <ichor/base/IntrusiveList.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace Ichor {

class CallStack;
class Scope;

/// Hears when the last coroutine has left a scope.
class IScopeObserver {
public:
    /// Called while that coroutine's frame is still being destroyed: note it, and act on it later.
    virtual void onScopeEmpty(Scope &scope) noexcept = 0;

protected:
    ~IScopeObserver() = default;
};

/// One coroutine's membership of a scope; each coroutine has one, which may belong to no scope.
///
/// Threads:   the scope's own
class ScopeEntry {
public:
    enum class Kind : std::uint8_t { ROOT, TASK, GENERATOR };

    explicit ScopeEntry(Kind kind) noexcept : _kind(kind) {}
    ScopeEntry(ScopeEntry const &) = delete;
    ScopeEntry &operator=(ScopeEntry const &) = delete;
    ~ScopeEntry() { leave(); }

    /// It will enter this scope (nullptr: none) once it runs.
    void plan(Scope *scope) noexcept {
        if (scope != nullptr) planInside(*scope);
    }

    /// It runs now, as part of that call stack. False when its scope was wound down before: then it must not run.
    [[nodiscard]] bool enter(CallStack &stack) noexcept {
        _stack = &stack;
        return _scope == nullptr ? !_isClosed : enterScope();
    }

    /// It has ended. Tells the scope's observer when it was the last.
    void leave() noexcept {
        if (_scope != nullptr) leaveScope();
    }

    /// Takes over the membership of another entry, which belongs to no scope afterwards.
    void takeOver(ScopeEntry &other) noexcept;

    [[nodiscard]] CallStack *stack() const noexcept { return _stack; }
    [[nodiscard]] Scope *scope() const noexcept { return _scope; }
    [[nodiscard]] Kind kind() const noexcept { return _kind; }

protected:
    /// Another call stack goes on with it, or (nullptr) none does.
    void moveTo(CallStack *stack) noexcept;

private:
    friend Scope;

    void planInside(Scope &scope) noexcept;
    bool enterScope() noexcept;
    void leaveScope() noexcept;
    void countCancellation() noexcept;
    void withdrawCancellation() noexcept;

    ListHook _hook;
    Scope *_scope = nullptr;
    CallStack *_stack = nullptr; // valid while it is inside; nullptr then: a generator that nobody consumes at the moment
    Kind const _kind;
    bool _isInside = false;  // has begun to run
    bool _isCounted = false; // its call stack was told of the scope's cancellation
    bool _isClosed = false;  // its scope was wound down before it began
};

/// Every coroutine that runs for one service. Cancelling it ends their awaits, so that they wind down by themselves.
///
/// Threads:   the owner's own
/// Lifetime:  must be empty when it is destroyed
class Scope {
public:
    Scope() noexcept = default;
    Scope(Scope const &) = delete;
    Scope &operator=(Scope const &) = delete;
    ~Scope();

    /// Each coroutine inside gets Cancelled from the await that it sleeps in, and from all that follow; this lasts until reopen().
    /// Once a cancelled scope is empty, it is closed: a coroutine that was called but did not begin by then never will.
    ///
    /// Waits:     never; destroys nothing that runs; safe from inside one of its own coroutines
    /// Resumes:   each by a wakeup of its own, at its priority
    void cancel() noexcept {
        if (!std::exchange(_isCancelled, true) && !_entries.isEmpty()) cancelEntries();
    }

    /// What enters from now on is not cancelled. Those still inside stay so.
    void reopen() noexcept { _isCancelled = false; }

    [[nodiscard]] bool isCancelled() const noexcept { return _isCancelled; }

    /// Nobody has begun to run inside without having ended.
    [[nodiscard]] bool isEmpty() const noexcept { return _inside == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return _inside; }

    /// nullptr: nobody.
    void setObserver(IScopeObserver *observer) noexcept { _observer = observer; }

    /// The last resort after a deadline: destroys the frames of all that sleep inside. A coroutine of another scope that waits for one
    /// of them gets Cancelled; a Root of this scope is finished with a cancelled outcome. Those that run at the moment are left alone.
    void abandonAll() noexcept;

private:
    friend ScopeEntry;
    using Entries = IntrusiveList<ScopeEntry, &ScopeEntry::_hook>;

    void cancelEntries() noexcept;
    void closeIfWoundDown() noexcept;
    void oneLeft() noexcept;

    Entries _entries; // those inside, and those that have not begun
    std::size_t _inside = 0;
    IScopeObserver *_observer = nullptr;
    bool _isCancelled = false;
};

} // namespace Ichor
