#pragma once

namespace Ichor {

class Wakeup;

namespace Detail {

/// How a posted Wakeup and the place in the queue that points to it find each other. For queues only.
struct WakeupLink {
    // slot: nullptr = not posted | where the queue keeps its pointer to the wakeup; leaving sets that to `next`
    Wakeup **slot = nullptr;
    // next: the one behind it where a queue chains them, for want of memory; else nullptr
    Wakeup *next = nullptr;
};

} // namespace Detail

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

    [[nodiscard]] bool isPosted() const noexcept { return _link.slot != nullptr; }

    /// The queue forgets it; nothing happens when it is not posted.
    void withdraw() noexcept {
        if (_link.slot == nullptr) return;
        *_link.slot = _link.next;
        if (_link.next != nullptr) _link.next->_link.slot = _link.slot;
        _link = {};
    }

    /// For queues: `slot` points to this from now on. It must not be posted.
    void linkTo(Wakeup *&slot) noexcept {
        slot = this;
        _link.slot = &slot;
    }

    /// For queues: the place that points to this moved to `slot`.
    void relinkTo(Wakeup *&slot) noexcept {
        *_link.slot = nullptr;
        linkTo(slot);
    }

    /// For queues: goes before the others in the chain that starts at `head`. It must not be posted.
    void chainTo(Wakeup *&head) noexcept {
        _link.next = head;
        if (head != nullptr) head->_link.slot = &_link.next;
        linkTo(head);
    }

protected:
    ~Wakeup() { withdraw(); }

private:
    Detail::WakeupLink _link;
};

} // namespace Ichor
