#pragma once

#include <ichor/base/Time.h>
#include <ichor/coroutines/IResumer.h>
#include <ichor/coroutines/RemoteSignal.h>
#include <ichor/coroutines/TimerNode.h>
#include <ichor/coroutines/Wakeup.h>
#include <ichor/model/Priority.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace Ichor::Testing {

/// A queue of nothing but wakeups, on the thread that made it, with a clock that stands still until it is turned.
class FakeResumer final : public IResumer {
public:
    FakeResumer() noexcept : _outer(currentResumer) { currentResumer = this; }
    FakeResumer(FakeResumer const &) = delete;
    FakeResumer &operator=(FakeResumer const &) = delete;
    ~FakeResumer() {
        currentResumer = _outer;
        for (auto &[timer, deadline] : _timers) timer->timerLink().resumer = nullptr;
        for (RemoteSignal *signal : _signals) signal->signalLink().resumer = nullptr;
        for (auto &[priority, slots] : _posted) {
            for (Wakeup *wakeup : slots) {
                if (wakeup != nullptr) wakeup->withdraw();
            }
        }
    }

    void post(Wakeup &wakeup, Priority priority) noexcept override {
        if (!wakeup.isPosted()) wakeup.linkTo(_posted[priority].emplace_back());
    }

    void armTimer(TimerNode &timer, TimePoint deadline) override {
        timer.withdraw();
        _timers[&timer] = deadline;
        timer.timerLink().resumer = this;
    }

    void disarmTimer(TimerNode &timer) noexcept override {
        timer.withdraw();
        _timers.erase(&timer);
        timer.timerLink().resumer = nullptr;
    }

    TimePoint now() const noexcept override { return _now; }
    bool isOwnThread() const noexcept override { return std::this_thread::get_id() == _thread; }

    void postSignal(RemoteSignal &signal) noexcept override {
        std::lock_guard const lock(_mutex);
        signal.signalLink().resumer = this;
        if (std::ranges::find(_signals, &signal) == _signals.end()) _signals.push_back(&signal);
    }

    void withdrawSignal(RemoteSignal &signal) noexcept override {
        std::lock_guard const lock(_mutex);
        signal.signalLink().resumer = nullptr;
        std::erase(_signals, &signal);
    }

    /// Runs one signal or wakeup; false when there is none.
    bool runOne() {
        if (RemoteSignal *signal = popSignal(); signal != nullptr) {
            signal->onSignal();
            return true;
        }
        for (auto &[priority, slots] : _posted) {
            while (!slots.empty()) {
                Wakeup *wakeup = slots.front();
                if (wakeup != nullptr) wakeup->withdraw();
                slots.pop_front();
                if (wakeup == nullptr) continue;
                wakeup->wake();
                return true;
            }
        }
        return false;
    }

    /// Runs all there is to run, timers that are due included; returns how many.
    std::size_t runUntilIdle() {
        std::size_t count = 0;
        for (;;) {
            postDueTimers();
            if (!runOne()) return count;
            ++count;
        }
    }

    /// Turns the clock and runs nothing yet.
    void turnClock(Duration duration) {
        _now += duration;
        postDueTimers();
    }

    /// Turns the clock, stopping at each deadline on the way.
    void advance(Duration duration) {
        TimePoint const end = _now + duration;
        runUntilIdle();
        for (;;) {
            auto next = std::ranges::min_element(_timers, {}, [](auto const &timer) { return timer.second; });
            if (next == _timers.end() || next->second > end) break;
            _now = std::max(_now, next->second);
            runUntilIdle();
        }
        _now = end;
    }

    [[nodiscard]] std::size_t armedTimers() const noexcept { return _timers.size(); }

    [[nodiscard]] bool hasPosted() const noexcept {
        return std::ranges::any_of(_posted, [](auto const &lane) {
            return std::ranges::any_of(lane.second, [](Wakeup const *wakeup) { return wakeup != nullptr; });
        });
    }

private:
    RemoteSignal *popSignal() {
        std::lock_guard const lock(_mutex);
        if (_signals.empty()) return nullptr;
        RemoteSignal *signal = _signals.front();
        signal->signalLink().resumer = nullptr;
        _signals.erase(_signals.begin());
        return signal;
    }

    void postDueTimers() {
        std::vector<TimerNode *> due;
        for (auto const &[timer, deadline] : _timers) {
            if (deadline <= _now) due.push_back(timer);
        }
        std::ranges::sort(due, {}, [this](TimerNode *timer) { return _timers[timer]; });
        for (TimerNode *timer : due) {
            _timers.erase(timer);
            timer->timerLink().resumer = nullptr;
            post(*timer, timer->priority());
        }
    }

    IResumer *_outer;
    std::thread::id _thread = std::this_thread::get_id();
    TimePoint _now{};
    std::map<Priority, std::deque<Wakeup *>> _posted; // a deque's elements stay where they are
    std::map<TimerNode *, TimePoint> _timers;
    std::mutex _mutex;
    std::vector<RemoteSignal *> _signals; // guarded by _mutex
};

} // namespace Ichor::Testing
