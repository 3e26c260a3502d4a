#include <ichor/coroutines/AsyncEvent.h>

#include <ichor/base/Contract.h>

namespace Ichor::Detail {

AsyncEvent::~AsyncEvent() {
    _released.clear(); // they resume, and hand nothing back
    while (EventWaiter *waiter = _waiting.popFront()) waiter->cancel();
}

void AsyncEvent::releaseAll() noexcept {
    while (EventWaiter *waiter = _waiting.popFront()) waiter->complete();
}

void AsyncEvent::setFromElsewhere(IResumer *owner) noexcept {
    if (owner != nullptr && owner->isOwnThread()) return setHere();
    _remoteSets.fetch_add(1, std::memory_order_seq_cst);
    // An owner that was there before is what counts: it then learns of this through the signal alone, and may destroy the event as soon
    // as that has run. Only where there was none, it may have come meanwhile.
    if (owner == nullptr) owner = _owner.load(std::memory_order_seq_cst);
    if (owner != nullptr) owner->postSignal(*this);
}

void AsyncEvent::bindTo(IResumer &owner) noexcept {
    if (_owner.load(std::memory_order_relaxed) != nullptr) {
        contractViolation(
            "an event was awaited on another thread than its owner's: it belongs to the queue that ran on the thread where it "
            "was made, or else to the queue of the first coroutine that awaits it");
    }
    _owner.store(&owner, std::memory_order_seq_cst);
    applyRemoteSets();
}

void AsyncEvent::onSignal() noexcept { applyRemoteSets(); }

void AsyncEvent::applyRemoteSets() noexcept {
    for (std::uint32_t sets = _remoteSets.exchange(0, std::memory_order_seq_cst); sets != 0; --sets) {
        bool const isKept = _waiting.isEmpty();
        setHere();
        if (isKept) return; // the others would set what is set
    }
}

} // namespace Ichor::Detail
