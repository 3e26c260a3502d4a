#pragma once

namespace Ichor {

namespace Detail {
class WakeupAccess;
}

/// Something that a queue is to call once, soon, on the queue's own thread. Posting one allocates nothing that it would own.
///
/// Threads:   the queue's own
/// Lifetime:  may be destroyed while it is posted: the queue then forgets it
class Wakeup {
public:
    Wakeup() noexcept = default;
    Wakeup(Wakeup const &) = delete;
    Wakeup &operator=(Wakeup const &) = delete;

    /// Called by the queue; by then it is no longer posted, so it may be posted again from inside.
    virtual void wake() noexcept = 0;

    [[nodiscard]] bool isPosted() const noexcept { return _slot != nullptr; }

    /// The queue forgets it; nothing happens when it is not posted.
    void withdraw() noexcept {
        if (_slot == nullptr) return;
        *_slot = _next;
        if (_next != nullptr) _next->_slot = _slot;
        _slot = nullptr;
        _next = nullptr;
    }

protected:
    ~Wakeup() { withdraw(); }

private:
    friend Detail::WakeupAccess;

    // _slot: nullptr = not posted | where the queue keeps its pointer to this, which leaving sets to _next
    Wakeup **_slot = nullptr;
    // _next: the one behind it when the queue had no memory left and chains them; else nullptr
    Wakeup *_next = nullptr;
};

namespace Detail {

/// For queues: how a place that points to a Wakeup and the Wakeup find each other.
class WakeupAccess {
public:
    static void link(Wakeup &wakeup, Wakeup *&slot) noexcept {
        slot = &wakeup;
        wakeup._slot = &slot;
    }

    /// The place moved: `to` takes over what `from` pointed to.
    static void relink(Wakeup *&from, Wakeup *&to) noexcept {
        to = from;
        from = nullptr;
        if (to != nullptr) to->_slot = &to;
    }

    /// Puts it before the others of a chain that starts at `head`.
    static void chain(Wakeup &wakeup, Wakeup *&head) noexcept {
        wakeup._next = head;
        if (head != nullptr) head->_slot = &wakeup._next;
        link(wakeup, head);
    }
};

} // namespace Detail

} // namespace Ichor
