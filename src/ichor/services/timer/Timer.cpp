#include <ichor/services/timer/Timer.h>

#include "TimerCore.h"

#include <ichor/base/Contract.h>

namespace Ichor {

Timer::Timer() noexcept = default;
Timer::Timer(std::unique_ptr<Detail::TimerCore> core) noexcept : _core(std::move(core)) {}
Timer::Timer(Timer &&other) noexcept = default;
Timer &Timer::operator=(Timer &&other) noexcept = default;
Timer::~Timer() = default;

void Timer::setInterval(Duration interval) { core().setInterval(interval); }
void Timer::setFireMode(FireMode mode) noexcept { core().setFireMode(mode); }
void Timer::setPriority(Priority priority) noexcept { core().setPriority(priority); }
void Timer::setFunction(Detail::TimerFunction function) { core().setFunction(std::move(function)); }
void Timer::start(Fire first) { core().start(first); }
void Timer::stop() noexcept { core().stop(); }
TimerState Timer::state() const noexcept { return core().state(); }
FireMode Timer::fireMode() const noexcept { return core().fireMode(); }
Duration Timer::interval() const noexcept { return core().interval(); }
std::uint64_t Timer::missedTicks() const noexcept { return core().missedTicks(); }

Detail::TimerCore &Timer::core() const noexcept {
    if (!_core) contractViolation("a Timer was used that holds nothing: it was default-constructed or moved from");
    return *_core;
}

} // namespace Ichor
