#include <ichor/services/timer/TimerFactory.h>

#include "TimerCore.h"

#include <cstddef>

namespace Ichor {

/// What one requester is given.
struct TimerFactory::Instance final : ITimerFactory {
    explicit Instance(IService &requester) noexcept : timers(requester) {}

    Timer createTimer() override { return timers.createTimer(); }

    Detail::TimerOwner timers;
    std::size_t uses = 0; // a service may be given it more than once
};

TimerFactory::TimerFactory(IService &self) : _own(std::make_unique<Detail::TimerOwner>(self)) {}
TimerFactory::~TimerFactory() = default;

Timer TimerFactory::createTimer() { return _own->createTimer(); }

ITimerFactory &TimerFactory::instanceFor(IService &requester) {
    ServiceId const id = requester.getServiceId();
    auto entry = _instances.find(id);
    if (entry == _instances.end()) entry = _instances.emplace(id, std::make_unique<Instance>(requester)).first;
    ++entry->second->uses;
    return *entry->second;
}

void TimerFactory::releaseFor(IService &requester) noexcept {
    auto const entry = _instances.find(requester.getServiceId());
    if (entry != _instances.end() && --entry->second->uses == 0) _instances.erase(entry);
}

} // namespace Ichor
