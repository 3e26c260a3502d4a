#pragma once

#include "../common/Measurement.h"
#include "../common/Percentiles.h"
#include "../common/Suite.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

/// What is done with the events of a flood, and how late the urgent ones among them come. It is the same whether a queue brings them or
/// nothing but an atomic variable does.
///
/// Threads:   the one that handles the events
class Handling final {
public:
    using Clock = Benchmarks::Clock;

    explicit Handling(std::size_t mostUrgent) : _delays(mostUrgent), _beyond(mostUrgent) {}

    /// About a microsecond of work that touches no memory: whatever takes longer was held up by somebody else.
    void low() noexcept {
        _before = _last;
        _last.begin = Clock::now();
        for (unsigned i = 0; i < WORK; ++i) _state = _state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
        _last.end = Clock::now();
        Clock::duration const took = _last.end - _last.begin;
        _low += took;
        if (took > HELD_UP) _heldUp += took;
    }

    void urgent(Clock::time_point pushed) {
        if (_delays.isFull()) return;
        auto const now = Clock::now();
        _delays.add(nanoseconds(now - pushed));
        _beyond.add(nanoseconds(now - earliest(pushed)));
        _urgentEnd = Clock::now();
    }

    [[nodiscard]] std::size_t urgentCount() const noexcept { return _delays.count(); }

    /// The percentiles of the delays. In a flood also what is left of the p99 when the handler that ran is taken off, and which part of
    /// their time the low handlers spent in runs of over 5 us: somebody had taken the processor away.
    [[nodiscard]] std::vector<Benchmarks::Figure> figures() {
        Benchmarks::require(_state != 0, "the work was left out");
        std::vector<Benchmarks::Figure> all = _delays.figures();
        if (_low == Clock::duration::zero()) return all;
        for (auto &[name, value] : _beyond.figures()) {
            if (name == "p99_ns") all.emplace_back("beyond_handler_p99_ns", value);
        }
        all.emplace_back("held_up_percent", 100.0 * static_cast<double>(_heldUp.count()) / static_cast<double>(_low.count()));
        return all;
    }

private:
    static constexpr unsigned WORK = 800; // more than it takes to push one: else the queue would sleep, and have to be woken
    static constexpr Clock::duration HELD_UP = std::chrono::microseconds(5);

    struct Run {
        Clock::time_point begin{};
        Clock::time_point end{};
    };

    // When it could have been handled: after the one low handler that ran when it was pushed, and after the urgent ones before it. A low
    // handler that began later, while it waited, is no excuse.
    [[nodiscard]] Clock::time_point earliest(Clock::time_point pushed) const noexcept {
        Clock::time_point from = std::max(pushed, _urgentEnd > _last.end ? _urgentEnd : pushed);
        if (_last.begin <= pushed) return std::max(from, _last.end);
        if (_before.begin <= pushed) return std::max(from, _before.end);
        return from;
    }

    static std::uint64_t nanoseconds(Clock::duration duration) noexcept {
        return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count());
    }

    Benchmarks::Percentiles _delays;
    Benchmarks::Percentiles _beyond;
    std::uint64_t _state = 1;
    Run _last{}; // of the low handlers
    Run _before{};
    Clock::time_point _urgentEnd{};
    Clock::duration _low{};
    Clock::duration _heldUp{};
};
