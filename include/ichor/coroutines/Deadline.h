#pragma once

#include <ichor/base/Time.h>
#include <ichor/coroutines/CallStack.h>
#include <ichor/coroutines/TimerNode.h>

namespace Ichor::Detail {

/// A timer at the priority of a call chain.
///
/// Threads:   the chain's own
class Deadline : public TimerNode {
public:
    /// Errors: std::bad_alloc
    void arm(CallStack &stack, Duration duration) {
        setPriority(stack.priority());
        TimePoint const now = stack.resumer().now();
        stack.resumer().armTimer(*this, duration > TimePoint::max() - now ? TimePoint::max() : now + duration);
    }

    void disarm() noexcept {
        if (isArmed()) {
            timerLink().resumer->disarmTimer(*this);
        } else {
            withdraw(); // it was due and posted
        }
    }

protected:
    ~Deadline() = default;
};

} // namespace Ichor::Detail
