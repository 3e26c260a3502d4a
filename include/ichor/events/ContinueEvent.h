#pragma once

#include <ichor/coroutines/Wakeup.h>
#include <ichor/events/Event.h>

#include <utility>

namespace Ichor {

/// A wakeup that stands in line. The queue runs it; only a processor that wantsInternalEvents() sees it.
class ContinueEvent final : public EventOf<ContinueEvent> {
public:
    /// The wakeup must not be posted yet.
    explicit ContinueEvent(Wakeup &target) noexcept { target.linkTo(_target); }
    ContinueEvent(ContinueEvent &&other) noexcept : EventOf<ContinueEvent>(std::move(other)) {
        if (other._target != nullptr) other._target->relinkTo(_target);
    }
    ContinueEvent &operator=(ContinueEvent &&) = delete;
    ~ContinueEvent() {
        if (_target != nullptr) _target->withdraw();
    }

    /// Calls the wakeup, unless that was done before or it has gone.
    void run() noexcept {
        if (_target == nullptr) return;
        Wakeup &target = *_target;
        target.withdraw();
        target.wake();
    }

private:
    Wakeup *_target = nullptr; // nullptr = called already, or withdrawn
};

template <>
inline constexpr EventKind Detail::KIND_OF<ContinueEvent> = EventKind::WAKEUP;

} // namespace Ichor
