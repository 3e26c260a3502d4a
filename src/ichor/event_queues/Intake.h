#pragma once

#include <ichor/base/Time.h>
#include <ichor/event_queues/Inbox.h>
#include <ichor/event_queues/PushMark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace Ichor::Detail {

/// All that other threads have for a loop: an inbox, and on a realtime queue a second one for what is urgent. Who pushes something urgent,
/// and the loop that takes it, then never wait for the lock that a flood of other events holds most of the time. That lock the loop
/// tries for a while, between the events that it has, before it waits: to sleep until the holder has been woken, has run and has handed the
/// lock over takes longer, and what is urgent would have to wait as well.
///
/// Threads:   as each function says; "owner" is the loop's own thread
class Intake {
public:
    Intake() noexcept = default;

    /// Once, before it is used; see Inbox::makeRealtime. What has a lower priority than `urgentBelow` is urgent.
    ///
    /// Errors:    std::bad_alloc
    void makeRealtime(StorePlan const &plan, Priority urgentBelow);

    // ---- Any thread ----

    /// `time` stands in the upper bits of the id, or is 0; see LatencyMeter.
    ///
    /// Errors:    see Inbox::deliver
    Inbox::Delivery deliver(Event &event, std::uint64_t time);
    [[nodiscard]] bool postSignal(RemoteSignal &signal, IResumer &resumer) noexcept { return _ordinary.postSignal(signal, resumer); }
    [[nodiscard]] Inbox::Delivery announce(RemoteSignal &signal, IResumer &resumer, std::uint64_t time) noexcept;
    void close() noexcept;

    /// Marks what has been delivered so far; `own` is left to the caller.
    [[nodiscard]] PushMark mark() const noexcept;

    // ---- Owner ----

    /// Nothing is urgent about a signal that postSignal() posted.
    void withdrawSignal(RemoteSignal &signal) noexcept { _ordinary.withdrawSignal(signal); }

    /// See Inbox::empty. False: it has to be called again, before the next event.
    [[nodiscard]] bool empty(EventStore &into) noexcept;
    void takeEvents(EventStore &into) noexcept;
    void tidy() noexcept;
    void clearEvents() noexcept;
    void clear() noexcept;
    [[nodiscard]] std::size_t size() const noexcept;

private:
    // For how long the loop tries. Where the holder of the lock needs this very processor it cannot let go of it, so an idle loop soon
    // waits.
    static constexpr Duration PATIENCE_WHEN_IDLE = std::chrono::microseconds(50);
    static constexpr Duration PATIENCE = std::chrono::milliseconds(1);

    [[nodiscard]] bool isPatient(EventStore const &into) noexcept;

    Inbox _ordinary;
    std::unique_ptr<Inbox> _urgent; // nullptr: nothing is
    Priority _urgentBelow{0};
    TimePoint _triesSince{}; // the epoch: the last try went well
};

} // namespace Ichor::Detail
