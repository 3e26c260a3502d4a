#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/coroutines/IResumer.h>

namespace Ichor {

namespace Detail {

/// Where a signal stands among those posted to a queue; guarded by the lock of that queue's inbox. For queues only.
struct RemoteSignalLink {
    explicit RemoteSignalLink(RemoteSignal &of) noexcept : signal(of) {}

    ListHook hook;
    RemoteSignal &signal;
    IResumer *resumer = nullptr; // nullptr = not posted | the queue that it is posted to
};

} // namespace Detail

/// Something that any thread may post to a queue, which then calls it on the queue's own thread. Posting it again before it was
/// called changes nothing: it is called once, and what was written before any of the posts is visible to it.
///
/// Threads:   IResumer::postSignal any, to always the same queue; all else the queue's own
/// Lifetime:  destroyed on the queue's own thread, after the last post to it returned; posted or not
class RemoteSignal {
public:
    RemoteSignal() noexcept : _link(*this) {}
    RemoteSignal(RemoteSignal const &) = delete;
    RemoteSignal &operator=(RemoteSignal const &) = delete;

    /// Called by the queue; it may be posted again from inside.
    virtual void onSignal() noexcept = 0;

    /// For queues.
    [[nodiscard]] Detail::RemoteSignalLink &signalLink() noexcept { return _link; }

protected:
    ~RemoteSignal() {
        if (_link.resumer != nullptr) _link.resumer->withdrawSignal(*this);
    }

private:
    Detail::RemoteSignalLink _link;
};

} // namespace Ichor
