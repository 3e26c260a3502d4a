#include <ichor/event_queues/EventLoop.h>

namespace Ichor::Detail {

// What of the loop only a realtime queue has.

void EventLoop::makeRealtime(StorePlan const &plan, RealtimeSettings const &settings) {
    _events.fix(plan);
    _intake.makeRealtime(plan, settings.urgentBelow);
    _timers.reserve(settings.timers);
}

void EventLoop::measureLatency(LatencyHistogram &events, LatencyHistogram &timers) {
    _meter = std::make_unique<LatencyMeter>(events, timers);
    _queue._ownStamp = &_meter->ownStamp();
}

DeadlineLane &EventLoop::takeDeadlines(RealtimeSettings const &settings) {
    _deadlines = std::make_unique<DeadlineLane>(*this, settings);
    return *_deadlines;
}

void EventLoop::waitWatched() noexcept {
    TimePoint const deadline = _timers.nextDeadline();
    TimePoint const before = _driver->now();
    _driver->wait(_doorbell, _deadlines->waitsUntil(before, deadline));
    _deadlines->noteWait(before, _driver->now(), deadline);
}

} // namespace Ichor::Detail
