#pragma once

#include <atomic>
#include <cstdint>

namespace Ichor::Detail {

/// How others tell a loop that there is something for it to see to. Whoever rings first for a sleeping loop has to wake it; nobody else,
/// and a busy loop never has to be woken.
///
/// Threads:   ring() any, and from signal handlers; all else the loop's own
class Doorbell {
public:
    static constexpr std::uint32_t RUNG = 1;
    static constexpr std::uint32_t ASLEEP = 2;

    /// True: the loop sleeps, and the caller has to wake it.
    [[nodiscard]] bool ring() noexcept { return _state.fetch_or(RUNG, std::memory_order_acq_rel) == ASLEEP; }

    /// Asked before each event, and so only a load.
    [[nodiscard]] bool isRung() const noexcept { return (_state.load(std::memory_order_relaxed) & RUNG) != 0; }

    /// What was written before a ring() that this forgets is visible from here on.
    void answer() noexcept { _state.fetch_and(~RUNG, std::memory_order_acq_rel); }

    /// False: it was rung, so there is no sleep now. After true, wakeUp() has to follow.
    [[nodiscard]] bool fallAsleep() noexcept {
        std::uint32_t awake = 0;
        return _state.compare_exchange_strong(awake, ASLEEP, std::memory_order_acq_rel);
    }
    void wakeUp() noexcept { _state.fetch_and(~ASLEEP, std::memory_order_acq_rel); }

    /// For a futex: ASLEEP while the loop sleeps and nobody has rung.
    [[nodiscard]] std::atomic<std::uint32_t> &state() noexcept { return _state; }

private:
    std::atomic<std::uint32_t> _state{0}; // a set of RUNG and ASLEEP
};

static_assert(std::atomic<std::uint32_t>::is_always_lock_free, "signal handlers ring");

} // namespace Ichor::Detail
