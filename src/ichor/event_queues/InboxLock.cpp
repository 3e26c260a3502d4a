#include <ichor/event_queues/InboxLock.h>

#include <ichor/event_queues/Futex.h>
#include <ichor/event_queues/SteadyClock.h>

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

namespace Ichor::Detail {

namespace {

constexpr int LOOKS_BEFORE_SLEEP = 100;
constexpr int FEW_LOOKS = 4;

constinit thread_local std::uint32_t threadId = 0; // 0 = not asked yet

void forgetThreadId() noexcept { threadId = 0; }

// The child of a fork has another one.
std::uint32_t askThreadId() noexcept {
    static int const registered = ::pthread_atfork(nullptr, nullptr, &forgetThreadId);
    static_cast<void>(registered);
    return threadId = static_cast<std::uint32_t>(::gettid());
}

std::uint32_t currentThreadId() noexcept { return threadId != 0 ? threadId : askThreadId(); }

} // namespace

void InboxLock::lockSlowly() noexcept {
    for (int i = 0; i < LOOKS_BEFORE_SLEEP; ++i) {
        std::uint32_t state = _state.load(std::memory_order_relaxed);
        if (state == UNLOCKED && _state.compare_exchange_weak(state, LOCKED, std::memory_order_acquire, std::memory_order_relaxed)) return;
        relaxProcessor();
    }
    while (_state.exchange(CONTENDED, std::memory_order_acquire) != UNLOCKED) futexWait(_state, CONTENDED, TimePoint::max());
}

void InboxLock::wakeOne() noexcept { futexWake(_state); }

bool InboxLock::tryLock(Patience patience) noexcept {
    std::uint32_t const self = currentThreadId();
    for (int left = patience == Patience::SHORT ? FEW_LOOKS : LOOKS_BEFORE_SLEEP; left > 0; --left) {
        std::uint32_t state = UNLOCKED;
        if (_state.load(std::memory_order_relaxed) == UNLOCKED &&
            _state.compare_exchange_weak(state, self, std::memory_order_acquire, std::memory_order_relaxed))
            return true;
        relaxProcessor();
    }
    return false;
}

void InboxLock::lockInheriting() noexcept {
    if (tryLock(Patience::LONG)) return;
    std::uint32_t const self = currentThreadId();
    if (futexLockInheriting(_state)) {
        static_cast<void>(_state.load(std::memory_order_acquire)); // the kernel wrote it: what the one before did is visible from here on
        return;
    }
    // The kernel has no such futex (or a sandbox forbids it): take turns, and hope.
    for (std::uint32_t state = UNLOCKED; !_state.compare_exchange_weak(state, self, std::memory_order_acquire, std::memory_order_relaxed);
         state = UNLOCKED)
        ::sched_yield();
}

void InboxLock::unlockInheriting() noexcept {
    std::uint32_t self = currentThreadId();
    if (_state.compare_exchange_strong(self, UNLOCKED, std::memory_order_release, std::memory_order_relaxed)) return;
    // Somebody waits in the kernel, which hands it over.
    _state.fetch_or(0, std::memory_order_release);
    futexUnlockInheriting(_state);
}

} // namespace Ichor::Detail
