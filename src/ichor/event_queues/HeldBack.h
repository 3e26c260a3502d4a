#pragma once

#include <ichor/base/Time.h>

#include <algorithm>

namespace Ichor::Detail {

/// How long a thread wanted to run of late, and could not: the time that passed, less what it ran and what it slept. Whoever blocks
/// elsewhere than in its queue looks as if held back.
///
/// Threads:   one at a time
class HeldBack {
public:
    struct Moment {
        TimePoint now{};
        Duration ran{};   // of processor, since any beginning
        Duration slept{}; // likewise
    };

    /// It looks back on one to two windows.
    HeldBack(Duration window, Moment const &start) noexcept : _window(window), _older(start), _newer(start) {}

    /// A window has passed: time for advance(). Asked so that what the thread ran need not be read each time, which is a system call.
    [[nodiscard]] bool isDue(TimePoint now) const noexcept { return now - _newer.now >= _window; }

    /// What was before the window that ends now is forgotten.
    void advance(Moment const &moment) noexcept {
        _older = _newer;
        _newer = moment;
    }

    [[nodiscard]] Duration until(Moment const &moment) const noexcept {
        Duration const passed = moment.now - _older.now;
        return std::max(Duration::zero(), passed - (moment.ran - _older.ran) - (moment.slept - _older.slept));
    }

private:
    Duration _window;
    Moment _older;
    Moment _newer;
};

} // namespace Ichor::Detail
