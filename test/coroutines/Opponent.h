#pragma once

#include <atomic>
#include <thread>

namespace Ichor::Testing {

/// Looks until it is so. On a machine with other work to do, who yields is soon behind all of that.
template <class F>
void waitUntil(F isSo) {
    for (int looks = 0; !isSo(); ++looks) {
        if (looks > 1'000) std::this_thread::yield();
    }
}

/// Another thread that does one thing a round, at about the moment at which the round begins.
class Opponent {
public:
    template <class F>
    explicit Opponent(F act) {
        _thread = std::thread([this, act]() mutable {
            for (int round = 1;; ++round) {
                int begun = 0;
                waitUntil([&] { return (begun = _begun.load(std::memory_order_acquire)) >= round || begun < 0; });
                if (begun < 0) return;
                act();
                _done.store(round, std::memory_order_release);
            }
        });
    }
    Opponent(Opponent const &) = delete;
    Opponent &operator=(Opponent const &) = delete;
    ~Opponent() {
        _begun.store(-1, std::memory_order_release);
        _thread.join();
    }

    void begin(int round) { _begun.store(round, std::memory_order_release); }
    [[nodiscard]] bool isDone(int round) const { return _done.load(std::memory_order_acquire) >= round; }
    void awaitDone(int round) const {
        waitUntil([&] { return isDone(round); });
    }

private:
    std::atomic<int> _begun{0};
    std::atomic<int> _done{0};
    std::thread _thread;
};

} // namespace Ichor::Testing
