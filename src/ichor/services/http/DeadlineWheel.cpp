#include "DeadlineWheel.h"

#include <algorithm>

namespace Ichor::Detail {

void DeadlineWheel::begin() {
    _resumer.armTimer(*this, _resumer.now() + _tick);
    _onTick(); // whatever is renewed by ticks has had none for a while
}

void DeadlineWheel::place(CoarseDeadline &deadline) noexcept {
    deadline.wheelHook.unlink();
    // What lies further ahead than the wheel is wide goes round more than once.
    std::uint32_t const ahead = std::min<std::uint32_t>(deadline.dueTick - _now, SLOTS - 1);
    _slots[(_now + std::max<std::uint32_t>(ahead, 1)) % SLOTS].pushBack(deadline);
}

void DeadlineWheel::wake() noexcept {
    ++_now;
    _onTick();
    Slot due;
    due.spliceBack(_slots[_now % SLOTS]);
    while (CoarseDeadline *const deadline = due.popFront()) {
        if (static_cast<std::int32_t>(deadline->dueTick - _now) > 0) {
            place(*deadline);
        } else {
            deadline->onDeadline();
        }
    }
    if (isEmpty()) return;
    try {
        // From now on, not from when it was due: after a stall nobody is to be hurried through several ticks at once.
        _resumer.armTimer(*this, _resumer.now() + _tick);
    } catch (...) {
        // The timer's place among the queue's was given up just now, so there is memory for it; if not, the next set() begins anew.
    }
}

bool DeadlineWheel::isEmpty() const noexcept {
    return std::all_of(_slots.begin(), _slots.end(), [](Slot const &slot) { return slot.isEmpty(); });
}

} // namespace Ichor::Detail
