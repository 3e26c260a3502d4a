#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/coroutines/IResumer.h>
#include <ichor/coroutines/Leaf.h>
#include <ichor/coroutines/RemoteSignal.h>

#include <atomic>
#include <coroutine>
#include <cstdint>

namespace Ichor::Detail {

class AsyncEvent;

/// A coroutine that waits for an event.
class EventWaiter : public Leaf {
public:
    void await_resume() const { throwIfCancelled(); }

    ListHook hook; // in _waiting or _released of its event

protected:
    EventWaiter() noexcept = default;
    ~EventWaiter() override = default;

    static void bind(AsyncEvent &event, IResumer &owner) noexcept;
    bool sleepIn(AsyncEvent &event) noexcept;
    /// Its event still exists, and it waits for it or was released by it.
    [[nodiscard]] bool isHooked() const noexcept { return hook.isLinked(); }

private:
    friend AsyncEvent;
};

/// What both kinds of event share: who waits, in which order, and how a set() from another thread gets to the owner's.
///
/// Threads:   set() and isSet() any; all else the owner's
class AsyncEvent : private RemoteSignal {
public:
    /// It was set, and neither reset nor used up. From another thread: a moment ago.
    [[nodiscard]] bool isSet() const noexcept {
        return _isSet.load(std::memory_order_acquire) || _remoteSets.load(std::memory_order_acquire) != 0;
    }

    /// The next await suspends.
    ///
    /// Threads:   the owner's
    void reset() noexcept {
        _remoteSets.store(0, std::memory_order_relaxed);
        _isSet.store(false, std::memory_order_relaxed);
    }

protected:
    /// Owned by the queue that runs on this thread; when none does, by that of the first coroutine that awaits it.
    AsyncEvent() noexcept : _owner(currentResumer) {}
    virtual ~AsyncEvent();

    /// On the owner's thread.
    virtual void setHere() noexcept = 0;
    /// False on the owner's thread; on others it has passed the set() on.
    bool setsFromElsewhere() noexcept {
        IResumer *owner = _owner.load(std::memory_order_acquire);
        if (owner != nullptr && owner == currentResumer) [[likely]]
            return false;
        setFromElsewhere(owner);
        return true;
    }

    void releaseAll() noexcept;
    bool releaseOne() noexcept { // false: nobody waits
        EventWaiter *waiter = _waiting.popFront();
        if (waiter == nullptr) return false;
        _released.pushBack(*waiter);
        waiter->complete();
        return true;
    }

    // Written on the owner's thread.
    std::atomic<bool> _isSet{false};

private:
    friend EventWaiter;
    using Waiters = IntrusiveList<EventWaiter, &EventWaiter::hook>;

    void onSignal() noexcept final;
    void setFromElsewhere(IResumer *owner) noexcept;
    void bindTo(IResumer &owner) noexcept;
    void applyRemoteSets() noexcept;

    std::atomic<IResumer *> _owner; // set once
    // Counts set() from other threads, until the owner's thread has applied them. With _owner this is a hand-shake: the one side counts
    // and then looks for an owner, the other sets the owner and then looks at the count, so that at least one of them sees the other.
    std::atomic<std::uint32_t> _remoteSets{0};
    Waiters _waiting;
    Waiters _released; // will resume, and may still have to hand back what it was given
};

inline void EventWaiter::bind(AsyncEvent &event, IResumer &owner) noexcept {
    if (event._owner.load(std::memory_order_relaxed) != &owner) event.bindTo(owner);
}

inline bool EventWaiter::sleepIn(AsyncEvent &event) noexcept {
    event._waiting.pushBack(*this);
    return sleep();
}

} // namespace Ichor::Detail
