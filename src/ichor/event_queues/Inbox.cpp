#include <ichor/event_queues/Inbox.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>

namespace Ichor::Detail {

namespace {

Event &eventAt(std::byte *memory) noexcept { return *std::launder(reinterpret_cast<Event *>(memory)); }

void destroyAt(std::byte *memory) noexcept {
    EventDescriptor const &descriptor = eventAt(memory).descriptor();
    if (descriptor.destroy != nullptr) descriptor.destroy(eventAt(memory));
}

} // namespace

Inbox::~Inbox() { clear(); }

void Inbox::makeRealtime(StorePlan const &plan, std::uint64_t idBits) {
    _lock.inheritPriority();
    _lastId.store(idBits, std::memory_order_relaxed);
    for (EventStore &store : _stores) store.fix(plan);
    std::lock_guard lock(_lock); // the first one may allocate
}

Inbox::Delivery Inbox::deliver(Event &event, std::uint64_t leastId) {
    EventDescriptor const &descriptor = event.descriptor();
    std::lock_guard lock(_lock);
    if (isClosed()) return {.id = 0, .isFirst = false};
    std::uint64_t const id = nextId(leastId);
    EventAccess::setId(event, id);
    if (!_hasSole && !_hasStored && !descriptor.isBoxed && descriptor.recordSize <= SOLE_BYTES) {
        descriptor.moveTo(_sole, event);
        _hasSole = true;
    } else {
        _stores[_filling].moveIn(event);
        _hasStored = true;
    }
    _lastId.store(id, std::memory_order_relaxed);
    return {.id = id, .isFirst = !std::exchange(_isPending, true)};
}

// Under the lock. A realtime one keeps its last two bits.
std::uint64_t Inbox::nextId(std::uint64_t leastId) const noexcept {
    return std::max(_lastId.load(std::memory_order_relaxed) + (_lock.inheritsPriority() ? 4 : 2), leastId);
}

void Inbox::close() noexcept {
    std::lock_guard lock(_lock);
    _lastId.store(0, std::memory_order_relaxed);
}

bool Inbox::postSignal(RemoteSignal &signal, IResumer &resumer) noexcept {
    std::lock_guard lock(_lock);
    return linkSignal(signal, resumer);
}

Inbox::Delivery Inbox::announce(RemoteSignal &signal, IResumer &resumer, std::uint64_t leastId) noexcept {
    std::lock_guard lock(_lock);
    if (isClosed()) return {.id = 0, .isFirst = false};
    std::uint64_t const id = nextId(leastId);
    _lastId.store(id, std::memory_order_relaxed);
    return {.id = id, .isFirst = linkSignal(signal, resumer)};
}

// Under the lock. True: the doorbell has to be rung.
bool Inbox::linkSignal(RemoteSignal &signal, IResumer &resumer) noexcept {
    RemoteSignalLink &link = signal.signalLink();
    if (link.resumer != nullptr) return false;
    link.resumer = &resumer;
    _signals.pushBack(link);
    ++_signalCount;
    return !std::exchange(_isPending, true);
}

void Inbox::withdrawSignal(RemoteSignal &signal) noexcept {
    std::lock_guard lock(_lock);
    RemoteSignalLink &link = signal.signalLink();
    if (link.resumer == nullptr) return;
    link.resumer = nullptr;
    link.hook.unlink();
    --_signalCount;
}

bool Inbox::empty(EventStore &into) noexcept {
    if (!moveTakenTo(into)) return false;
    std::size_t signalCount = 0;
    {
        std::lock_guard lock(_lock);
        signalCount = takeOverAll();
    }
    return pass(into, signalCount);
}

bool Inbox::tryEmpty(EventStore &into) noexcept {
    // Who has other events goes on with them rather than spin, and looks at what is urgent before each.
    auto const patience = into.isEmpty() ? InboxLock::Patience::LONG : InboxLock::Patience::SHORT;
    if (!moveTakenTo(into) || !_lock.tryLock(patience)) return false;
    std::size_t const signalCount = takeOverAll();
    _lock.unlock();
    return pass(into, signalCount);
}

// Under the lock. Gives back how many signals are to be called.
std::size_t Inbox::takeOverAll() noexcept {
    takeOver();
    _isPending = false;
    return _signalCount;
}

bool Inbox::pass(EventStore &into, std::size_t signalCount) noexcept {
    bool const hasAll = moveTakenTo(into);
    callSignals(signalCount);
    return hasAll;
}

void Inbox::takeEvents(EventStore &into) noexcept {
    if (!moveTakenTo(into)) return;
    {
        std::lock_guard lock(_lock);
        takeOver();
    }
    // Should memory be out, the doorbell is still rung, since there was an event.
    static_cast<void>(moveTakenTo(into));
}

// Under the lock.
void Inbox::takeOver() noexcept {
    if (_hasSole) {
        eventAt(_sole).descriptor().moveTo(_taken, eventAt(_sole));
        destroyAt(_sole);
        _hasSole = false;
        _hasTaken = true;
    }
    if (_hasStored) {
        _filling = static_cast<std::uint8_t>(1 - _filling);
        _hasStored = false;
    }
}

// What was taken over goes on to the owner's store, the sole event first, since it is the oldest.
bool Inbox::moveTakenTo(EventStore &into) noexcept {
    if (_hasTaken) {
        try {
            into.moveIn(eventAt(_taken));
        } catch (std::bad_alloc const &) {
            return false;
        }
        destroyAt(_taken);
        _hasTaken = false;
    }
    spare().absorbHandedBack();
    into.splice(spare());
    return true;
}

void Inbox::tidy() noexcept {
    spare().absorbHandedBack();
    if (!_stores[_filling].hasHandedBack()) return;
    {
        std::lock_guard lock(_lock);
        if (_hasStored) return;
        _filling = static_cast<std::uint8_t>(1 - _filling);
    }
    spare().absorbHandedBack();
}

// One by one, each under the lock: a signal whose turn has not come can still be withdrawn by the one before it.
void Inbox::callSignals(std::size_t count) noexcept {
    for (; count > 0; --count) {
        RemoteSignal *signal = takeSignal();
        if (signal == nullptr) return;
        signal->onSignal();
    }
}

RemoteSignal *Inbox::takeSignal() noexcept {
    std::lock_guard lock(_lock);
    RemoteSignalLink *link = _signals.popFront();
    if (link == nullptr) return nullptr;
    link->resumer = nullptr;
    --_signalCount;
    return &link->signal;
}

void Inbox::clear() noexcept {
    while (takeSignal() != nullptr) {}
    clearEvents();
}

void Inbox::clearEvents() noexcept {
    if (std::exchange(_hasTaken, false)) destroyAt(_taken);
    if (_hasSole) destroyAt(_sole);
    _hasSole = false;
    for (EventStore &store : _stores) {
        store.clear();
        store.absorbHandedBack();
    }
    _hasStored = false;
}

std::size_t Inbox::size() const noexcept {
    std::lock_guard lock(_lock);
    return _stores[0].size() + _stores[1].size() + (_hasSole ? 1 : 0) + (_hasTaken ? 1 : 0);
}

} // namespace Ichor::Detail
