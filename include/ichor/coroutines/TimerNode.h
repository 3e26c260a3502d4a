#pragma once

#include <ichor/base/Time.h>
#include <ichor/coroutines/IResumer.h>
#include <ichor/coroutines/Wakeup.h>
#include <ichor/model/Priority.h>

#include <cstddef>

namespace Ichor {

namespace Detail {

/// Where a timer stands among the deadlines of a queue. For queues only.
struct TimerLink {
    IResumer *resumer = nullptr; // nullptr = not armed | the queue that keeps its deadline
    std::size_t heapIndex = 0;   // while armed
    TimePoint deadline{};
};

} // namespace Detail

/// A Wakeup that a queue posts at its priority once its deadline has come: see IResumer::armTimer.
///
/// Threads:   the queue's own
/// Lifetime:  may be destroyed while it is armed: the queue then forgets it
class TimerNode : public Wakeup {
public:
    explicit TimerNode(Priority priority = DEFAULT_PRIORITY) noexcept : _priority(priority) {}

    [[nodiscard]] bool isArmed() const noexcept { return _timerLink.resumer != nullptr; }

    /// When it is due, or was when it is no longer armed.
    [[nodiscard]] TimePoint deadline() const noexcept { return _timerLink.deadline; }

    /// At which it is posted once it is due.
    [[nodiscard]] Priority priority() const noexcept { return _priority; }
    void setPriority(Priority priority) noexcept { _priority = priority; }

    /// For queues.
    [[nodiscard]] Detail::TimerLink &timerLink() noexcept { return _timerLink; }

protected:
    ~TimerNode() {
        if (_timerLink.resumer != nullptr) _timerLink.resumer->disarmTimer(*this);
    }

private:
    Detail::TimerLink _timerLink;
    Priority _priority;
};

} // namespace Ichor
