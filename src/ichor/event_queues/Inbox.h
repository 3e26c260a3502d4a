#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/coroutines/RemoteSignal.h>
#include <ichor/event_queues/EventStore.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace Ichor::Detail {

/// What other threads have for a loop: events and signals. There are two stores: others fill one while the loop empties the other, so that
/// the loop holds the lock only to swap them.
///
/// Threads:   as each function says; "owner" is the loop's own thread
class Inbox {
public:
    Inbox() noexcept = default;
    Inbox(Inbox const &) = delete;
    Inbox &operator=(Inbox const &) = delete;
    ~Inbox();

    struct Delivery {
        std::uint64_t id;
        bool isFirst; // since the owner last looked: the doorbell has to be rung
    };

    /// Moves the event in and gives it an odd id.
    ///
    /// Threads:   any
    /// Errors:    std::bad_alloc; then nothing has changed
    Delivery deliver(Event &event);

    /// Nothing happens when it is posted already. True: the doorbell has to be rung.
    ///
    /// Threads:   any
    [[nodiscard]] bool postSignal(RemoteSignal &signal, IResumer &resumer) noexcept;

    /// Threads:   owner
    void withdrawSignal(RemoteSignal &signal) noexcept;

    /// Moves all events to the owner's store, then calls the signals that were posted by then.
    ///
    /// Threads:   owner
    void empty(EventStore &into) noexcept;

    /// Moves all events to the owner's store; the doorbell stays as it is.
    ///
    /// Threads:   owner
    void takeEvents(EventStore &into) noexcept;

    /// Gives back the memory of a batch that has been processed.
    ///
    /// Threads:   owner
    void tidy() noexcept;

    /// Destroys the events and forgets the signals.
    ///
    /// Threads:   owner
    void clear() noexcept;

    /// Threads:   owner
    [[nodiscard]] std::size_t size() const noexcept;

private:
    [[nodiscard]] EventStore &spare() noexcept { return _stores[1 - _filling]; } // the owner's, without the lock

    [[nodiscard]] RemoteSignal *takeSignal() noexcept;
    void callSignals(std::size_t count) noexcept;

    mutable std::mutex _mutex;
    std::array<EventStore, 2> _stores; // of these, the one that _filling names is guarded, the other one is the owner's
    std::size_t _filling = 0;          // written by the owner only, so that it reads it without the lock
    std::uint64_t _lastId = 1;
    bool _isPending = false; // something came since the owner last looked
    IntrusiveList<RemoteSignalLink, &RemoteSignalLink::hook> _signals;
    std::size_t _signalCount = 0;
};

} // namespace Ichor::Detail
