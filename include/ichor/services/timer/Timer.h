#pragma once

#include <ichor/base/Time.h>
#include <ichor/base/UniqueFunction.h>
#include <ichor/coroutines/Task.h>
#include <ichor/model/Priority.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace Ichor {

/// When a started timer fires first.
enum class Fire : std::uint8_t {
    AT_ONCE,        // as soon as the queue gets to it, not inside start()
    AFTER_INTERVAL, // after one interval
};

enum class FireMode : std::uint8_t {
    ONCE,   // fires one time and is stopped
    REPEAT, // fires once an interval until it is stopped
};

enum class TimerState : std::uint8_t { STOPPED, RUNNING };

/// What a callback is told of the tick that it is called for.
struct TimerTick {
    TimePoint due;           // when it should have been called: a whole number of intervals after the first, so it does not drift
    std::uint64_t missed{0}; // how many ticks were left out since the last call, because the queue or the callback was late
};

namespace Detail {

class TimerCore;
class TimerOwner;

using TimerFunction = UniqueFunction<Task<void>(TimerTick const &)>; // an empty Task: it was a plain function, and is done

template <class F>
concept TakesTick = requires(F &callback, TimerTick const &tick) {
    callback(tick);
};

template <class F>
concept TakesNothing = requires(F &callback) {
    callback();
};

template <class F>
decltype(auto) callWith(F &callback, TimerTick const &tick) {
    if constexpr (TakesTick<F>) {
        return callback(tick);
    } else {
        return callback();
    }
}

template <class F>
TimerFunction makeTimerFunction(F &&callback) {
    using Callback = std::decay_t<F>;
    static_assert(TakesTick<Callback> || TakesNothing<Callback>, "Ichor: a timer's callback takes nothing or a TimerTick const &");
    if constexpr (TakesTick<Callback> || TakesNothing<Callback>) {
        using Result = decltype(callWith(std::declval<Callback &>(), std::declval<TimerTick const &>()));
        static_assert(std::is_void_v<Result> || std::same_as<Result, Task<void>>, "Ichor: a timer's callback returns void or Task<void>");
        if constexpr (std::same_as<Result, Task<void>>) {
            return [callback = std::forward<F>(callback)](TimerTick const &tick) mutable { return callWith(callback, tick); };
        } else {
            return [callback = std::forward<F>(callback)](TimerTick const &tick) mutable {
                callWith(callback, tick);
                return Task<void>{};
            };
        }
    }
}

} // namespace Detail

/// Calls a function, or starts a coroutine, once or again and again. Made by ITimerFactory::createTimer(); a default-constructed or
/// moved-from one holds nothing and may only be assigned to, tested and destroyed.
///
/// A tick that comes late is made once and says how many were missed meanwhile. While the callback's coroutine still runs, ticks are left
/// out and count as missed. The coroutine, and what its lambda captured, lives until it ends, also when the timer is stopped or destroyed
/// before; it belongs to the service's scope. While that scope is cancelled, because the service is about to stop, ticks are left out.
///
/// Threads:   the manager's own
/// Lifetime:  stops when it is destroyed, and when the service that made it stops, after which start() does nothing. May be stopped,
///            started anew, changed and destroyed from inside its own callback
/// Errors:    what the callback throws is logged with the service's name, and the timer goes on
/// Example:   examples/ping/main.cpp
class Timer final {
public:
    Timer() noexcept;
    explicit Timer(std::unique_ptr<Detail::TimerCore> core) noexcept;
    Timer(Timer &&other) noexcept;
    Timer &operator=(Timer &&other) noexcept;
    ~Timer();

    /// Whether it holds a timer.
    [[nodiscard]] explicit operator bool() const noexcept { return _core != nullptr; }

    /// Of a running timer it counts from the next tick on.
    ///
    /// Errors:    throws std::invalid_argument when it is not longer than zero
    void setInterval(Duration interval);

    /// Takes a function of nothing or of a TimerTick const &, that returns void or Task<void>.
    template <class F>
    void setCallback(F &&callback) {
        setFunction(Detail::makeTimerFunction(std::forward<F>(callback)));
    }

    /// REPEAT unless it is said otherwise.
    void setFireMode(FireMode mode) noexcept;

    /// At which its ticks run among the events of the queue; the service's own unless it is said otherwise.
    void setPriority(Priority priority) noexcept;

    /// A running timer starts anew.
    ///
    /// Errors:    throws std::logic_error when no interval or no callback was set, std::bad_alloc
    void start(Fire first = Fire::AFTER_INTERVAL);

    /// No tick after this, also not one that is due. A coroutine of its callback goes on.
    void stop() noexcept;

    [[nodiscard]] TimerState state() const noexcept;
    [[nodiscard]] FireMode fireMode() const noexcept;
    [[nodiscard]] Duration interval() const noexcept;

    /// How many ticks were left out since it was started last.
    [[nodiscard]] std::uint64_t missedTicks() const noexcept;

private:
    void setFunction(Detail::TimerFunction function);
    [[nodiscard]] Detail::TimerCore &core() const noexcept;

    std::unique_ptr<Detail::TimerCore> _core; // nullptr = holds nothing
};

} // namespace Ichor
