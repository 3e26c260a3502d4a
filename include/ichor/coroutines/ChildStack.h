#pragma once

#include <ichor/coroutines/Leaf.h>
#include <ichor/coroutines/Outcome.h>
#include <ichor/coroutines/TaskStack.h>

#include <cstddef>
#include <exception>
#include <utility>

namespace Ichor::Detail {

class ChildBase;

/// An operation that consists of tasks: each is a call chain of its own, so that it can be cancelled by itself.
///
/// Threads:   the call stack's own
class ParentLeaf : public Leaf {
public:
    /// The operation does not end before its children have wound down, so cancelling it is cancelling them.
    void cancel() noexcept final;
    [[nodiscard]] bool isBusy() const noexcept final;

    void add(ChildBase &child) noexcept;

    /// One child has ended; the chain that goes on in its place, when it was the last.
    [[nodiscard]] CallStack *childEnded(ChildBase &child) noexcept;
    /// The same when there is no chain to go on in place of.
    void childDestroyed(ChildBase &child) noexcept;

protected:
    ParentLeaf() noexcept = default;
    ~ParentLeaf() override = default;

    /// Children of the awaiting coroutine; those that cannot run have ended. False: none is left to wait for.
    [[nodiscard]] bool sleepUntilEnded() noexcept;

    void cancelChildren() noexcept;
    [[nodiscard]] bool wasParentCancelled() const noexcept { return _wasCancelled; }

    /// A child has ended.
    virtual void onChildEnded(ChildBase &) noexcept {}
    /// All have ended, and the coroutine is about to go on.
    virtual void onAllEnded() noexcept {}

private:
    friend ChildBase;

    [[nodiscard]] bool noteEnd(ChildBase &child) noexcept;

    ChildBase *_latest = nullptr; // all children, the one added last first
    std::size_t _running = 0;
    bool _wasCancelled = false;
};

/// What a ParentLeaf knows of a child.
class ChildBase {
public:
    ChildBase(ChildBase const &) = delete;
    ChildBase &operator=(ChildBase const &) = delete;

    [[nodiscard]] virtual CallStack &chain() noexcept = 0;
    [[nodiscard]] virtual bool hasEnded() const noexcept = 0;
    /// nullptr in it: none, or it was taken already.
    [[nodiscard]] virtual std::exception_ptr &error() noexcept = 0;
    [[nodiscard]] virtual bool wasCancelled() const noexcept = 0;

protected:
    ChildBase() noexcept = default;
    virtual ~ChildBase() = default;

private:
    friend ParentLeaf;
    ChildBase *_next = nullptr;
};

/// What a child is made from; one argument, so that a std::tuple can make it in place.
template <class T>
struct ChildSeed {
    ParentLeaf &parent;
    Task<T> &task;
};

template <class T>
class ChildStack final : public TaskStack<T>, public ChildBase {
public:
    explicit ChildStack(ChildSeed<T> seed) noexcept : _parent(seed.parent), _waiting(std::move(seed.task)) {}

    /// Makes it ready to run as a child of that chain, behind those prepared before.
    void prepare(CallStack &parent) noexcept {
        _parent.add(*this);
        this->bind(parent.resumer(), parent.priority(), parent.owner());
        if (this->take(_waiting)) {
            this->runNext(this->taskFrame());
        } else {
            outcome.cancelled = true;
        }
    }

    [[nodiscard]] CallStack &chain() noexcept override { return *this; }
    [[nodiscard]] bool hasEnded() const noexcept override { return !this->hasTask(); }
    [[nodiscard]] std::exception_ptr &error() noexcept override { return outcome.error; }
    [[nodiscard]] bool wasCancelled() const noexcept override { return outcome.cancelled; }

    Outcome<T> outcome;

private:
    CallStack *ended() noexcept override {
        outcome = this->takeOutcome();
        this->releaseGenerators();
        return _parent.childEnded(*this);
    }

    void endedEarly() noexcept override {
        this->forgetTask();
        this->releaseGenerators();
        outcome.cancelled = true;
        _parent.childDestroyed(*this);
    }

    ParentLeaf &_parent;
    Task<T> _waiting;
};

} // namespace Ichor::Detail
