#pragma once

#include <exception>

namespace Ichor {

class Event;

/// Who a queue hands its events to; the dependency manager is one.
///
/// Threads:   the queue's own, from start() on; destroyed with the queue
class IEventProcessor {
public:
    virtual ~IEventProcessor() = default;

    /// Before the first event.
    ///
    /// Errors:    what it throws leaves the queue's start(), and the queue has ended
    virtual void onStart() = 0;

    /// Dispatches one event. It may be read until this returns; to keep it, EventHolder::take it. A ContinueEvent comes here only
    /// when wantsInternalEvents(), and the queue runs it afterwards if it was not run here.
    virtual void process(Event &event) noexcept = 0;

    /// Takes a bounded number of steps of work that is not in the queue; true when there is more to do at once. Called after an event,
    /// wakeup or readiness callback that left isWorkPending() set, and always before the queue waits.
    virtual bool advance() noexcept = 0;

    /// Somebody asked the loop to end, by IEventQueue::quit() or by a signal. 1: in order; 2: a second signal came, so be quick.
    virtual void onQuit(unsigned signals) noexcept = 0;

    /// The loop ends when this is true. Asked after advance() and before waiting.
    [[nodiscard]] virtual bool isFinished() const noexcept = 0;

    /// What start() returns.
    [[nodiscard]] virtual int exitStatus() const noexcept = 0;

    /// Code of the user's that the queue calls without the processor knowing (a handler posted to an io_context) threw. By default that
    /// is a broken contract.
    virtual void onForeignException(std::exception_ptr error) noexcept;

    [[nodiscard]] bool isWorkPending() const noexcept { return _isWorkPending; }
    [[nodiscard]] bool wantsInternalEvents() const noexcept { return _wantsInternalEvents; }

protected:
    // Plain flags and no virtual calls, since the loop reads them after every event.
    bool _isWorkPending = false;       // advance() has something to do, or isFinished() has become true; the processor sets and resets it
    bool _wantsInternalEvents = false; // ContinueEvents are handed to process() too
};

} // namespace Ichor
