#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/coroutines/RemoteSignal.h>
#include <ichor/event_queues/EventStore.h>
#include <ichor/event_queues/InboxLock.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace Ichor::Detail {

/// What other threads have for a loop: events and signals. There are two stores: others fill one while the loop empties the other, so that
/// the loop holds the lock only to swap them. A small event that comes alone goes through a place beside the lock: a message to a thread
/// on another core then costs one cache line and the doorbell.
///
/// Threads:   as each function says; "owner" is the loop's own thread
class Inbox {
public:
    Inbox() noexcept = default;
    Inbox(Inbox const &) = delete;
    Inbox &operator=(Inbox const &) = delete;
    ~Inbox();

    /// Takes all memory that it will ever have for events, and lets whoever holds the lock inherit priority. Its ids have these last two
    /// bits, which are odd. Once, before it is used.
    ///
    /// Errors:    std::bad_alloc
    void makeRealtime(StorePlan const &plan, std::uint64_t idBits);

    struct Delivery {
        std::uint64_t id; // 0: it is closed, and the event is where it was
        bool isFirst;     // since the owner last looked: the doorbell has to be rung
    };

    /// Moves the event in and gives it an odd id: `leastId` (which has its bits), or more when that one has been given.
    ///
    /// Threads:   any
    /// Errors:    std::bad_alloc (StoreFull when its memory is fixed); then nothing has changed
    Delivery deliver(Event &event, std::uint64_t leastId = 0);

    /// From now on it takes no event.
    ///
    /// Threads:   any
    void close() noexcept;

    /// The id of the newest event; when it is closed, the largest of all.
    ///
    /// Threads:   any
    [[nodiscard]] std::uint64_t lastDelivered() const noexcept {
        std::uint64_t const lastId = _lastId.load(std::memory_order_relaxed);
        return lastId == 0 ? std::numeric_limits<std::uint64_t>::max() : lastId;
    }

    /// Nothing happens when it is posted already. True: the doorbell has to be rung.
    ///
    /// Threads:   any
    [[nodiscard]] bool postSignal(RemoteSignal &signal, IResumer &resumer) noexcept;

    /// Posts a signal for something that is kept elsewhere, and gives that the id that an event would have had. When it is closed, nothing
    /// happens, and the id is 0.
    ///
    /// Threads:   any
    [[nodiscard]] Delivery announce(RemoteSignal &signal, IResumer &resumer, std::uint64_t leastId) noexcept;

    /// Threads:   owner
    void withdrawSignal(RemoteSignal &signal) noexcept;

    /// Moves all events to the owner's store, then calls the signals that were posted by then. False: memory is out, and it has to be
    /// called again for the rest.
    ///
    /// Threads:   owner
    [[nodiscard]] bool empty(EventStore &into) noexcept;

    /// The same, but false also when somebody holds the lock. Of a realtime one.
    ///
    /// Threads:   owner
    [[nodiscard]] bool tryEmpty(EventStore &into) noexcept;

    /// Moves the events to the owner's store, as far as memory allows; the doorbell stays as it is.
    ///
    /// Threads:   owner
    void takeEvents(EventStore &into) noexcept;

    /// Gives back the memory of a batch that has been processed.
    ///
    /// Threads:   owner
    void tidy() noexcept;

    /// Destroys the events. Once it is closed, or while nobody else has it.
    ///
    /// Threads:   owner
    void clearEvents() noexcept;

    /// Destroys the events and forgets the signals.
    ///
    /// Threads:   owner
    void clear() noexcept;

    /// Threads:   owner
    [[nodiscard]] std::size_t size() const noexcept;

private:
    static constexpr std::size_t SOLE_BYTES = 48;

    [[nodiscard]] EventStore &spare() noexcept { return _stores[1 - _filling]; } // the owner's, without the lock

    [[nodiscard]] bool isClosed() const noexcept { return _lastId.load(std::memory_order_relaxed) == 0; }
    bool linkSignal(RemoteSignal &signal, IResumer &resumer) noexcept;
    [[nodiscard]] std::uint64_t nextId(std::uint64_t leastId) const noexcept;
    [[nodiscard]] std::size_t takeOverAll() noexcept;
    [[nodiscard]] bool pass(EventStore &into, std::size_t signalCount) noexcept;
    void takeOver() noexcept;
    [[nodiscard]] bool moveTakenTo(EventStore &into) noexcept;
    [[nodiscard]] RemoteSignal *takeSignal() noexcept;
    void callSignals(std::size_t count) noexcept;

    // One cache line: all that a sole event needs.
    alignas(64) [[no_unique_address]] mutable InboxLock _lock;
    std::uint8_t _filling = 0;              // written by the owner only, so that it reads it without the lock
    bool _isPending = false;                // something came since the owner last looked
    bool _hasSole : 1 = false;              // the oldest event is in _sole
    bool _hasStored : 1 = false;            // _stores[_filling] is not empty
    std::atomic<std::uint64_t> _lastId = 1; // 0: closed; written under the lock, read without it by lastDelivered()
    alignas(RECORD_ALIGNMENT) std::byte _sole[SOLE_BYTES];

    std::array<EventStore, 2> _stores; // of these, the one that _filling names is guarded, the other one is the owner's
    IntrusiveList<RemoteSignalLink, &RemoteSignalLink::hook> _signals;
    std::size_t _signalCount = 0;

    // The owner's, without the lock: the sole event on its way out.
    bool _hasTaken = false;
    alignas(RECORD_ALIGNMENT) std::byte _taken[SOLE_BYTES];
};

} // namespace Ichor::Detail
