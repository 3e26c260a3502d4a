#pragma once

#include <ichor/base/Time.h>
#include <ichor/model/Priority.h>

namespace Ichor {

class RemoteSignal;
class TimerNode;
class Wakeup;

/// What a coroutine needs of the queue that runs it: to be called soon, to be called at a time, to be called from elsewhere.
class IResumer {
public:
    /// Calls it once, soon, in the order of its priority. Nothing happens when it is posted already. When memory is out it still
    /// succeeds, and such wakeups run before all else, in the order in which they were posted.
    ///
    /// Threads:   the queue's own
    virtual void post(Wakeup &wakeup, Priority priority) noexcept = 0;

    /// The same, but not before the clock has moved on a little, so that who posts itself again and again neither keeps the thread busy
    /// nor keeps a clock that a test turns by hand from reaching the next deadline. What has no clock may post it at once.
    ///
    /// Threads:   the queue's own
    virtual void postLater(Wakeup &wakeup, Priority priority) noexcept { post(wakeup, priority); }

    /// Posts the timer once its deadline has come. One that is armed or posted already is moved to the new deadline.
    ///
    /// Threads:   the queue's own
    /// Errors:    std::bad_alloc; then nothing has changed
    virtual void armTimer(TimerNode &timer, TimePoint deadline) = 0;

    /// Neither armed nor posted afterwards.
    ///
    /// Threads:   the queue's own
    virtual void disarmTimer(TimerNode &timer) noexcept = 0;

    /// The queue's clock: steady, or one that a test turns by hand.
    ///
    /// Threads:   the queue's own
    [[nodiscard]] virtual TimePoint now() const noexcept = 0;

    /// Before the queue has started, the thread that made it counts as its own.
    ///
    /// Threads:   any
    [[nodiscard]] virtual bool isOwnThread() const noexcept = 0;

    /// Calls the signal once on the queue's own thread, before its events; see RemoteSignal.
    ///
    /// Threads:   any
    virtual void postSignal(RemoteSignal &signal) noexcept = 0;

    /// The queue forgets it.
    ///
    /// Threads:   the queue's own
    virtual void withdrawSignal(RemoteSignal &signal) noexcept = 0;

protected:
    ~IResumer() = default;
};

/// The queue that runs on this thread; nullptr when none does.
inline constinit thread_local IResumer *currentResumer = nullptr;

} // namespace Ichor
