#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/coroutines/IResumer.h>

namespace Ichor {

namespace Detail {
class Inbox;
}

/// Something that any thread may post to a queue, which then calls it on the queue's own thread. Posting it again before it was
/// called changes nothing: it is called once, and what was written before any of the posts is visible to it.
///
/// Threads:   IResumer::postSignal any; all else the queue's own
/// Lifetime:  destroyed on the queue's own thread, after the last post to it returned; posted or not
class RemoteSignal {
public:
    RemoteSignal() noexcept = default;
    RemoteSignal(RemoteSignal const &) = delete;
    RemoteSignal &operator=(RemoteSignal const &) = delete;

    /// Called by the queue; it may be posted again from inside.
    virtual void onSignal() noexcept = 0;

protected:
    ~RemoteSignal() {
        if (_resumer != nullptr) _resumer->withdrawSignal(*this);
    }

private:
    friend Detail::Inbox;

    // Both are guarded by the lock of the inbox that it is posted to.
    ListHook _hook;
    IResumer *_resumer = nullptr; // the queue it was last posted to; nullptr: never was, or that queue has gone
};

} // namespace Ichor
