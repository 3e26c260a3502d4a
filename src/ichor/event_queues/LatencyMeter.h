#pragma once

#include <ichor/event_queues/LatencyHistogram.h>
#include <ichor/event_queues/TickClock.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace Ichor::Detail {

/// How long events wait before their handlers start. It costs no memory in the queue: the id of an event, which only has to be unique
/// and to grow, is the time at which it was pushed. Its low bits: 1 or 3 = pushed by another thread (see PushMark), 2 = a timer, and the
/// time is its deadline.
///
/// Reading the clock costs more than a short handler does. So it is read before each event as long as those take long, and before each
/// 16th at most when they are short; what is recorded is then too large by what a group of short events takes, and never too small. An
/// event that a handler pushes counts from the start of that handler, or of its group, likewise.
///
/// Threads:   stampFromOutside() any; all else the loop's own
class LatencyMeter {
public:
    LatencyMeter(LatencyHistogram &events, LatencyHistogram &timers) noexcept : _events(events), _timers(timers) {
        _ownStamp = _clock.now() << SHIFT;
    }

    /// From now on events are measured that are pushed from now on.
    void begin() noexcept {
        _begin = _lastLook = _clock.now();
        _ownStamp = _begin << SHIFT;
    }

    /// The lowest two bits are left to the inbox.
    [[nodiscard]] std::uint64_t stampFromOutside() const noexcept { return _clock.now() << SHIFT; }

    /// Where the time stands that the loop's own thread gives to what it pushes.
    [[nodiscard]] std::uint64_t const &ownStamp() const noexcept { return _ownStamp; }

    /// The id of a timer's wakeup.
    [[nodiscard]] std::uint64_t timerId(Duration late) noexcept {
        std::uint64_t const due = _clock.now() - _clock.toTicks(late);
        return _lastTimerId = std::max(_lastTimerId + STEP, due << SHIFT | IS_TIMER);
    }

    /// Right before an event is processed.
    void onStart(std::uint64_t id) noexcept {
        _started[_startedCount++] = id;
        if (_startedCount >= _group) look();
    }

    /// After a batch of events, and after a sleep.
    void look() noexcept {
        std::uint64_t const now = _clock.now();
        for (std::size_t i = 0; i < _startedCount; ++i) record(_started[i], now);
        adapt(now - _lastLook);
        _startedCount = 0;
        _lastLook = now;
        _ownStamp = now << SHIFT;
    }

    /// How far apart the ids are that a thread gives, at least.
    static constexpr std::uint64_t STEP = 4;

private:
    static constexpr unsigned SHIFT = 2;
    static constexpr std::uint64_t FROM_OUTSIDE = 1;
    static constexpr std::uint64_t IS_TIMER = 2;
    static constexpr std::size_t MOST_IN_GROUP = 16;

    void record(std::uint64_t id, std::uint64_t now) noexcept {
        std::uint64_t const pushed = id >> SHIFT;
        bool const isTimer = (id & (FROM_OUTSIDE | IS_TIMER)) == IS_TIMER;
        if (pushed < _begin && !isTimer) return;
        // The counters of two processors may be some nanoseconds apart.
        Duration const waited = pushed < now ? _clock.toDuration(now - pushed) : Duration::zero();
        (isTimer ? _timers : _events).record(waited);
    }

    void adapt(std::uint64_t sinceLook) noexcept {
        if (sinceLook > _long) {
            _group = 1;
        } else if (sinceLook < _short) {
            _group = std::min(_group * 2, MOST_IN_GROUP);
        }
    }

    TickClock const _clock;
    std::uint64_t const _long = _clock.toTicks(std::chrono::microseconds(1));
    std::uint64_t const _short = _long / 4;
    LatencyHistogram &_events;
    LatencyHistogram &_timers;
    std::uint64_t _ownStamp = 0;
    std::uint64_t _begin = 0;
    std::uint64_t _lastLook = 0;
    std::uint64_t _lastTimerId = 0;
    std::size_t _group = 1; // before how many events the clock is read once
    std::size_t _startedCount = 0;
    std::array<std::uint64_t, MOST_IN_GROUP> _started{};
};

} // namespace Ichor::Detail
