#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/coroutines/TimerNode.h>
#include <ichor/dependency_management/IService.h>
#include <ichor/services/timer/Timer.h>

#include <cstdint>
#include <memory>

namespace Ichor::Detail {

/// What a timer calls. Shared by the timer and by the coroutine that runs for a tick, which may outlive the timer.
struct TimerCallback {
    explicit TimerCallback(TimerFunction callable) noexcept : function(std::move(callable)) {}

    TimerFunction function;
    TimerTick tick;         // of the coroutine that runs, which may have taken it by reference
    bool isRunning = false; // a coroutine runs
};

/// The inside of one Timer: what the queue wakes when a tick is due.
///
/// Threads:   the queue's own
class TimerCore final : public TimerNode {
public:
    explicit TimerCore(TimerOwner &owner) noexcept;
    ~TimerCore();

    void setInterval(Duration interval);
    void setFunction(TimerFunction function);
    void setFireMode(FireMode mode) noexcept { _mode = mode; }
    void start(Fire first);
    void stop() noexcept;

    /// Its owner goes: it is stopped for good.
    void detach() noexcept;

    [[nodiscard]] TimerState state() const noexcept { return _state; }
    [[nodiscard]] FireMode fireMode() const noexcept { return _mode; }
    [[nodiscard]] Duration interval() const noexcept { return _interval; }
    [[nodiscard]] std::uint64_t missedTicks() const noexcept { return _missedTotal; }

    ListHook hook;

private:
    void wake() noexcept override;
    void leaveOut(TimerTick const &tick) noexcept;
    void armAfter(TimerTick const &tick) noexcept;

    TimerOwner *_owner; // nullptr = the service has released it
    std::shared_ptr<TimerCallback> _callback;
    Duration _interval{0};
    TimePoint _due{}; // of the tick that comes next
    std::uint64_t _missedTotal = 0;
    std::uint64_t _missedSinceCall = 0;
    FireMode _mode = FireMode::REPEAT;
    TimerState _state = TimerState::STOPPED;
};

/// All timers of one service.
///
/// Threads:   the queue's own
class TimerOwner final {
public:
    explicit TimerOwner(IService &service) noexcept : _service(service) {}
    TimerOwner(TimerOwner const &) = delete;
    TimerOwner &operator=(TimerOwner const &) = delete;
    ~TimerOwner();

    [[nodiscard]] Timer createTimer();
    [[nodiscard]] IService &service() const noexcept { return _service; }
    [[nodiscard]] IResumer &resumer() const noexcept;

private:
    friend TimerCore;

    IService &_service;
    IntrusiveList<TimerCore, &TimerCore::hook> _timers;
};

} // namespace Ichor::Detail
