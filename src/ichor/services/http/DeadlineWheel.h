#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/base/Time.h>
#include <ichor/base/UniqueFunction.h>
#include <ichor/coroutines/IResumer.h>
#include <ichor/coroutines/TimerNode.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace Ichor::Detail {

/// One thing that has to happen by a certain time, which is moved far more often than it comes. Derive from it.
class CoarseDeadline {
public:
    CoarseDeadline() noexcept = default;
    CoarseDeadline(CoarseDeadline const &) = delete;
    CoarseDeadline &operator=(CoarseDeadline const &) = delete;

    virtual void onDeadline() noexcept = 0;

    ListHook wheelHook;
    std::uint32_t dueTick{0}; // may lie behind that of the slot it is in: it is moved on when the slot's turn comes

protected:
    virtual ~CoarseDeadline() = default;
};

/// Deadlines that need not be exact, kept for very many: one timer for all, a store to move one, and none of them is early.
///
/// Threads:   the queue's own
/// Units:     late by at most two ticks
class DeadlineWheel final : public TimerNode {
public:
    /// `onTick` is called with each tick, which only come while there are deadlines.
    DeadlineWheel(IResumer &resumer, Duration tick, UniqueFunction<void()> onTick) noexcept
        : _resumer(resumer), _tick(tick), _onTick(std::move(onTick)) {}
    ~DeadlineWheel() = default;

    /// Sets or moves a deadline.
    ///
    /// Errors:    std::bad_alloc when it is the first one for a while; then nothing has changed
    void set(CoarseDeadline &deadline, Duration after) { setTicks(deadline, ticksOf(after)); }
    void setTicks(CoarseDeadline &deadline, std::uint32_t after) {
        if (!isRunning()) begin();
        std::uint32_t const due = _now + after;
        // One that comes later than before stays in its slot until that one's turn, so that the usual move is one store.
        bool const isLater = static_cast<std::int32_t>(due - deadline.dueTick) >= 0;
        deadline.dueTick = due;
        if (!isLater || !deadline.wheelHook.isLinked()) place(deadline);
    }

    [[nodiscard]] std::uint32_t ticksOf(Duration time) const noexcept {
        // Rounded up, and one more because the tick that runs has begun already.
        return static_cast<std::uint32_t>(std::min<std::int64_t>((time - Duration{1}) / _tick + 1, MAXIMUM_TICKS)) + 1;
    }

    /// Ticks come.
    [[nodiscard]] bool isRunning() const noexcept { return isArmed() || isPosted(); }

    void clear(CoarseDeadline &deadline) noexcept { deadline.wheelHook.unlink(); }

private:
    static constexpr std::size_t SLOTS = 64;
    static constexpr std::int64_t MAXIMUM_TICKS = std::int64_t{1} << 30;
    using Slot = IntrusiveList<CoarseDeadline, &CoarseDeadline::wheelHook>;

    void wake() noexcept override;
    void begin();
    void place(CoarseDeadline &deadline) noexcept;
    [[nodiscard]] bool isEmpty() const noexcept;

    IResumer &_resumer;
    Duration _tick;
    UniqueFunction<void()> _onTick;
    std::uint32_t _now{0}; // ticks; wraps around
    std::array<Slot, SLOTS> _slots;
};

} // namespace Ichor::Detail
