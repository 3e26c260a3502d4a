#include <ichor/event_queues/Inbox.h>

#include <utility>

namespace Ichor::Detail {

Inbox::~Inbox() { clear(); }

Inbox::Delivery Inbox::deliver(Event &event) {
    std::lock_guard lock(_mutex);
    EventAccess::setId(event, _lastId + 2);
    _stores[_filling].moveIn(event);
    _lastId += 2;
    return {.id = _lastId, .isFirst = !std::exchange(_isPending, true)};
}

bool Inbox::postSignal(RemoteSignal &signal, IResumer &resumer) noexcept {
    std::lock_guard lock(_mutex);
    RemoteSignalLink &link = signal.signalLink();
    if (link.resumer != nullptr) return false;
    link.resumer = &resumer;
    _signals.pushBack(link);
    ++_signalCount;
    return !std::exchange(_isPending, true);
}

void Inbox::withdrawSignal(RemoteSignal &signal) noexcept {
    std::lock_guard lock(_mutex);
    RemoteSignalLink &link = signal.signalLink();
    if (link.resumer == nullptr) return;
    link.resumer = nullptr;
    link.hook.unlink();
    --_signalCount;
}

void Inbox::empty(EventStore &into) noexcept {
    spare().absorbHandedBack();
    std::size_t signals = 0;
    {
        std::lock_guard lock(_mutex);
        _filling = 1 - _filling;
        _isPending = false;
        signals = _signalCount;
    }
    into.splice(spare());
    callSignals(signals);
}

void Inbox::takeEvents(EventStore &into) noexcept {
    spare().absorbHandedBack();
    {
        std::lock_guard lock(_mutex);
        _filling = 1 - _filling;
    }
    into.splice(spare());
}

void Inbox::tidy() noexcept {
    spare().absorbHandedBack();
    if (!_stores[_filling].hasHandedBack()) return;
    {
        std::lock_guard lock(_mutex);
        if (!_stores[_filling].isEmpty()) return;
        _filling = 1 - _filling;
    }
    spare().absorbHandedBack();
}

// One by one, each under the lock: a signal that is not its turn yet can still be withdrawn by the one before it.
void Inbox::callSignals(std::size_t count) noexcept {
    for (; count > 0; --count) {
        RemoteSignal *signal = takeSignal();
        if (signal == nullptr) return;
        signal->onSignal();
    }
}

RemoteSignal *Inbox::takeSignal() noexcept {
    std::lock_guard lock(_mutex);
    RemoteSignalLink *link = _signals.popFront();
    if (link == nullptr) return nullptr;
    link->resumer = nullptr;
    --_signalCount;
    return &link->signal;
}

void Inbox::clear() noexcept {
    while (takeSignal() != nullptr) {}
    for (EventStore &store : _stores) {
        store.clear();
        store.absorbHandedBack();
    }
}

std::size_t Inbox::size() const noexcept {
    std::lock_guard lock(_mutex);
    return _stores[_filling].size();
}

} // namespace Ichor::Detail
