#include <ichor/event_queues/Intake.h>

#include <ichor/event_queues/SteadyClock.h>

namespace Ichor::Detail {

void Intake::makeRealtime(StorePlan const &plan, Priority urgentBelow) {
    _ordinary.makeRealtime(plan, PushMark::ORDINARY);
    _urgent = std::make_unique<Inbox>();
    _urgent->makeRealtime(plan, PushMark::URGENT);
    _urgentBelow = urgentBelow;
}

Inbox::Delivery Intake::deliver(Event &event, std::uint64_t time) {
    if (event.priority() < _urgentBelow) return _urgent->deliver(event, time | PushMark::URGENT);
    return _ordinary.deliver(event, time | PushMark::ORDINARY);
}

Inbox::Delivery Intake::announce(RemoteSignal &signal, IResumer &resumer, std::uint64_t time) noexcept {
    return _urgent->announce(signal, resumer, time | PushMark::URGENT);
}

void Intake::close() noexcept {
    _ordinary.close();
    if (_urgent != nullptr) _urgent->close();
}

PushMark Intake::mark() const noexcept {
    std::uint64_t const ordinary = _ordinary.lastDelivered();
    return {.own = 0, .others = ordinary, .urgent = _urgent != nullptr ? _urgent->lastDelivered() : ordinary};
}

bool Intake::empty(EventStore &into) noexcept {
    if (_urgent == nullptr) return _ordinary.empty(into);
    bool const hasAllUrgent = _urgent->empty(into);
    bool hasAll = false;
    if (_ordinary.tryEmpty(into)) {
        hasAll = true;
    } else if (isPatient(into)) {
        return false;
    } else {
        hasAll = _ordinary.empty(into);
    }
    _triesSince = {};
    return hasAll && hasAllUrgent;
}

// After a try that failed.
bool Intake::isPatient(EventStore const &into) noexcept {
    TimePoint const now = steadyNow();
    if (_triesSince == TimePoint{}) _triesSince = now;
    return now - _triesSince < (into.isEmpty() ? PATIENCE_WHEN_IDLE : PATIENCE);
}

void Intake::takeEvents(EventStore &into) noexcept {
    if (_urgent != nullptr) _urgent->takeEvents(into);
    _ordinary.takeEvents(into);
}

void Intake::tidy() noexcept {
    if (_urgent != nullptr) _urgent->tidy();
    _ordinary.tidy();
}

void Intake::clearEvents() noexcept {
    if (_urgent != nullptr) _urgent->clearEvents();
    _ordinary.clearEvents();
}

void Intake::clear() noexcept {
    if (_urgent != nullptr) _urgent->clear();
    _ordinary.clear();
}

std::size_t Intake::size() const noexcept { return _ordinary.size() + (_urgent != nullptr ? _urgent->size() : 0); }

} // namespace Ichor::Detail
