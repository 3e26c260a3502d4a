#pragma once

#include <ichor/base/Time.h>
#include <ichor/coroutines/IResumer.h>
#include <ichor/coroutines/Wakeup.h>
#include <ichor/model/Priority.h>

#include <cstddef>

namespace Ichor {

namespace Detail {
class TimerHeap;
}

/// A Wakeup that a queue posts at its priority once its deadline has come: see IResumer::armTimer.
///
/// Threads:   the queue's own
/// Lifetime:  may be destroyed while it is armed: the queue then forgets it
class TimerNode : public Wakeup {
public:
    explicit TimerNode(Priority priority = DEFAULT_PRIORITY) noexcept : _priority(priority) {}

    [[nodiscard]] bool isArmed() const noexcept { return _resumer != nullptr; }

    /// When it is due, or was when it is no longer armed.
    [[nodiscard]] TimePoint deadline() const noexcept { return _deadline; }

    [[nodiscard]] Priority priority() const noexcept { return _priority; }
    void setPriority(Priority priority) noexcept { _priority = priority; }

protected:
    ~TimerNode() {
        if (_resumer != nullptr) _resumer->disarmTimer(*this);
    }

private:
    friend Detail::TimerHeap;

    IResumer *_resumer = nullptr; // nullptr = not armed | who keeps its deadline
    std::size_t _heapIndex = 0;   // where it stands among the deadlines, while armed
    TimePoint _deadline{};
    Priority _priority;
};

} // namespace Ichor
