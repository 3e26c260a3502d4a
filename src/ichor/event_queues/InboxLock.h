#pragma once

#include <atomic>
#include <cstdint>

namespace Ichor::Detail {

/// A mutex for critical sections of some nanoseconds: four bytes, so that it shares a cache line with what it guards, and patient, since
/// the other thread will be through before a sleep would have begun.
///
/// Threads:   any
class InboxLock {
public:
    void lock() noexcept {
        std::uint32_t unlocked = UNLOCKED;
        if (!_state.compare_exchange_strong(unlocked, LOCKED, std::memory_order_acquire, std::memory_order_relaxed)) [[unlikely]]
            lockSlowly();
    }
    void unlock() noexcept {
        if (_state.exchange(UNLOCKED, std::memory_order_release) == CONTENDED) [[unlikely]]
            wakeOne();
    }

private:
    static constexpr std::uint32_t UNLOCKED = 0;
    static constexpr std::uint32_t LOCKED = 1;
    static constexpr std::uint32_t CONTENDED = 2; // locked, and somebody may sleep

    void lockSlowly() noexcept;
    void wakeOne() noexcept;

    std::atomic<std::uint32_t> _state{UNLOCKED};
};

} // namespace Ichor::Detail
