#include <ichor/event_queues/InboxLock.h>

#include <ichor/event_queues/Futex.h>
#include <ichor/event_queues/SteadyClock.h>

namespace Ichor::Detail {

namespace {
constexpr int LOOKS_BEFORE_SLEEP = 100;
}

void InboxLock::lockSlowly() noexcept {
    for (int i = 0; i < LOOKS_BEFORE_SLEEP; ++i) {
        std::uint32_t state = _state.load(std::memory_order_relaxed);
        if (state == UNLOCKED && _state.compare_exchange_weak(state, LOCKED, std::memory_order_acquire, std::memory_order_relaxed)) return;
        relaxProcessor();
    }
    while (_state.exchange(CONTENDED, std::memory_order_acquire) != UNLOCKED) futexWait(_state, CONTENDED, TimePoint::max());
}

void InboxLock::wakeOne() noexcept { futexWake(_state); }

} // namespace Ichor::Detail
