#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/coroutines/Leaf.h>

#include <coroutine>
#include <utility>

namespace Ichor {

class AsyncSingleThreadedMutex;

/// Holds an AsyncSingleThreadedMutex until it is destroyed.
///
/// Threads:   the mutex's own
class [[nodiscard]] AsyncLock {
public:
    /// Holds nothing.
    AsyncLock() noexcept = default;
    AsyncLock(AsyncLock &&other) noexcept : _mutex(std::exchange(other._mutex, nullptr)) {}
    AsyncLock &operator=(AsyncLock &&other) noexcept {
        if (this != &other) {
            unlock();
            _mutex = std::exchange(other._mutex, nullptr);
        }
        return *this;
    }
    ~AsyncLock() { unlock(); }

    [[nodiscard]] explicit operator bool() const noexcept { return _mutex != nullptr; }

    /// Gives it back early; the one who waits longest gets it.
    void unlock() noexcept;

private:
    friend AsyncSingleThreadedMutex;
    explicit AsyncLock(AsyncSingleThreadedMutex &mutex) noexcept : _mutex(&mutex) {}

    AsyncSingleThreadedMutex *_mutex = nullptr;
};

/// Keeps what several coroutines of one thread do across awaits apart. Without an await in between, one thread needs no lock.
///
///     auto lock = co_await mutex.lock();
///
/// Threads:   one: that of the coroutines which lock it
/// Resumes:   by a wakeup at the waiter's priority, first come first served: the lock is handed over, nobody can slip in
/// Lifetime:  must not be locked when it is destroyed
/// Errors:    the await throws Cancelled; a waiter that is cancelled or destroyed passes on the lock that it was given
class AsyncSingleThreadedMutex {
public:
    class Waiter final : public Leaf {
    public:
        explicit Waiter(AsyncSingleThreadedMutex &mutex) noexcept : _mutex(mutex) {}
        ~Waiter() override {
            if (isAsleep()) unhook();
        }

        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept {
            if (!begin(coroutine)) return refuse();
            if (!std::exchange(_mutex._isLocked, true)) return false;
            _mutex._waiting.pushBack(*this);
            return sleep();
        }

        AsyncLock await_resume() const {
            throwIfCancelled();
            return AsyncLock(_mutex);
        }

        ListHook hook;

    private:
        friend AsyncSingleThreadedMutex;

        void unhook() noexcept override {
            hook.unlink();
            if (isCompleted()) _mutex.handOver();
        }

        AsyncSingleThreadedMutex &_mutex;
    };

    /// What lock() returns.
    class Locking {
    public:
        explicit Locking(AsyncSingleThreadedMutex &mutex) noexcept : _mutex(mutex) {}
        [[nodiscard]] Waiter operator co_await() const noexcept { return Waiter(_mutex); }

    private:
        AsyncSingleThreadedMutex &_mutex;
    };

    AsyncSingleThreadedMutex() noexcept = default;
    AsyncSingleThreadedMutex(AsyncSingleThreadedMutex const &) = delete;
    AsyncSingleThreadedMutex &operator=(AsyncSingleThreadedMutex const &) = delete;
    ~AsyncSingleThreadedMutex();

    /// `co_await` it: an AsyncLock.
    [[nodiscard]] Locking lock() noexcept { return Locking(*this); }

    /// Holds nothing when somebody else has it.
    [[nodiscard]] AsyncLock tryLock() noexcept { return std::exchange(_isLocked, true) ? AsyncLock() : AsyncLock(*this); }

    [[nodiscard]] bool isLocked() const noexcept { return _isLocked; }

private:
    friend AsyncLock;

    void handOver() noexcept;

    bool _isLocked = false; // also while the one that got it has not resumed yet
    IntrusiveList<Waiter, &Waiter::hook> _waiting;
};

inline void AsyncLock::unlock() noexcept {
    if (_mutex != nullptr) std::exchange(_mutex, nullptr)->handOver();
}

} // namespace Ichor
