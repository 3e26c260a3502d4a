#pragma once

#include <atomic>
#include <cstdint>

namespace Ichor::Detail {

/// A mutex for critical sections of some nanoseconds: five bytes, so that it shares a cache line with what it guards, and patient, since
/// the other thread will be through before a sleep would have begun. One that inherits priority lets the thread that holds it run as
/// urgently as the most urgent one that waits.
///
/// Threads:   any
class InboxLock {
public:
    /// Once, before anybody else has it.
    void inheritPriority() noexcept { _inheritsPriority = true; }
    [[nodiscard]] bool inheritsPriority() const noexcept { return _inheritsPriority; }

    void lock() noexcept {
        std::uint32_t unlocked = UNLOCKED;
        if (_inheritsPriority) [[unlikely]] {
            lockInheriting();
        } else if (!_state.compare_exchange_strong(unlocked, LOCKED, std::memory_order_acquire, std::memory_order_relaxed)) [[unlikely]] {
            lockSlowly();
        }
    }
    /// How long it is tried: about as long as two short critical sections of others take, or some microseconds.
    enum class Patience : std::uint8_t { SHORT, LONG };

    /// False: somebody holds it, and would not let go of it. Of one that inherits priority.
    [[nodiscard]] bool tryLock(Patience patience) noexcept;
    void unlock() noexcept {
        if (_inheritsPriority) [[unlikely]] {
            unlockInheriting();
        } else if (_state.exchange(UNLOCKED, std::memory_order_release) == CONTENDED) [[unlikely]] {
            wakeOne();
        }
    }

private:
    static constexpr std::uint32_t UNLOCKED = 0;
    static constexpr std::uint32_t LOCKED = 1;
    static constexpr std::uint32_t CONTENDED = 2; // locked, and somebody may sleep

    void lockSlowly() noexcept;
    void wakeOne() noexcept;
    void lockInheriting() noexcept;
    void unlockInheriting() noexcept;

    // _state: as above; when priority is inherited, UNLOCKED or what the kernel says of a PI futex: the holder's thread id and flags
    std::atomic<std::uint32_t> _state{UNLOCKED};
    bool _inheritsPriority = false;
};

} // namespace Ichor::Detail
