#pragma once

#include <ichor/base/Contract.h>
#include <ichor/event_queues/ChunkPool.h>
#include <ichor/event_queues/Lane.h>
#include <ichor/events/CheckedEvent.h>
#include <ichor/events/Event.h>
#include <ichor/events/EventBox.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace Ichor::Detail {

template <class E, class... Args>
inline constexpr bool IS_NOTHROW_EVENT = std::is_nothrow_constructible_v<E, Args...>;

/// Constructs an event from what was given to a push. Aggregates are initialised member by member, behind their base.
template <class E, class... Args>
E *constructEvent(void *at, Args &&...args) noexcept(IS_NOTHROW_EVENT<E, Args...>) {
    static_assert(CanBePushed<E, Args...>);
    E *event = nullptr;
    if constexpr (std::is_constructible_v<E, Args...>) {
        event = ::new (at) E(std::forward<Args>(args)...);
    } else {
        event = ::new (at) E{EventOf<E>{}, std::forward<Args>(args)...};
    }
    if (static_cast<void *>(static_cast<Event *>(event)) != at) contractViolation("EventOf has to be the first base of an event");
    return event;
}

/// What a store that never grows is to hold.
struct StorePlan {
    std::size_t recordBytes = 0;             // all records at once, with their heads
    std::vector<Priority> const *priorities; // which lanes there are from the start, besides the default one
};

/// The events that wait on one thread: a lane for each priority in use, each a chain of chunks in which the events themselves lie.
///
/// Threads:   one at a time
class EventStore {
public:
    EventStore() noexcept;
    EventStore(EventStore const &) = delete;
    EventStore &operator=(EventStore const &) = delete;
    ~EventStore();

    /// Takes all memory that it will ever have, but for lanes of further priorities. Once, before the first event.
    ///
    /// Errors:    std::bad_alloc
    void fix(StorePlan const &plan);

    /// Constructs an event behind the others of its priority. Its constructor may push others.
    ///
    /// Lifetime:  the result is valid until it is popped
    /// Errors:    std::bad_alloc (StoreFull when its memory is fixed), or what the constructor throws; then nothing has changed
    template <class E, Accounting A, class... Args>
    [[gnu::always_inline]] E &emplace(std::uint64_t id, ServiceId origin, Priority priority, Args &&...args);

    /// Moves an event that is described in here.
    ///
    /// Errors:    std::bad_alloc; then nothing has changed
    void moveIn(Event &event);

    /// The most urgent event, which popFront() will take; nullptr when there is none.
    [[nodiscard]] Event *front() noexcept {
        if (_size == 0) return nullptr;
        Event *record = frontRecord();
        if (record->descriptor().kind > EventKind::WAKEUP) [[unlikely]]
            return resolveFront();
        return record;
    }

    /// Destroys the event that front() returned, also when a more urgent one came since.
    void popFront() noexcept {
        Lane &lane = *_frontLane;
        Event &record = *recordAt(lane.read);
        EventDescriptor const &descriptor = record.descriptor();
        if (descriptor.destroy != nullptr) descriptor.destroy(record);
        lane.read += descriptor.recordSize;
        --_size;
        if (lane.isEmpty()) {
            lane.read = lane.write = lane.last->begin(); // the next one finds this memory in the cache
            if (&lane != _active.top()) [[unlikely]]
                restOrRetire(lane);
        } else if (lane.read == lane.readEnd) [[unlikely]] {
            dropFirstChunk(lane);
        }
    }

    /// Destroys all events and gives back all chunks.
    void clear() noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return _size; }
    [[nodiscard]] bool isEmpty() const noexcept { return _size == 0; }

    /// Takes over all events of another store, behind those of its own, lane by lane.
    void splice(EventStore &other) noexcept;

    /// Chunks of this store that another one has emptied.
    void absorbHandedBack() noexcept { _pool.absorbHandedBack(); }
    [[nodiscard]] bool hasHandedBack() const noexcept { return _pool.hasHandedBack(); }

    [[nodiscard]] std::size_t laneCount() const noexcept { return _lanes.size(); }
    [[nodiscard]] std::size_t bytesHeld() const noexcept { return _pool.bytesHeld(); }

private:
    // Takes a record back when the constructor of its event throws.
    struct Reservation;

    static Event *recordAt(std::byte *at) noexcept { return std::launder(reinterpret_cast<Event *>(at)); }

    Event *frontRecord() noexcept {
        Lane *lane = _active.top();
        if (lane->isEmpty()) [[unlikely]]
            lane = laneBelowTop();
        _frontLane = lane;
        return recordAt(lane->read);
    }

    // Room for a record at the end of its lane. The lane counts it as written at once, since constructing may push others.
    std::byte *reserve(Priority priority, std::size_t size) {
        Lane *lane = _pushLane;
        if (lane->priority != priority.value) [[unlikely]]
            lane = selectLane(priority);
        std::byte *at = lane->write;
        if (static_cast<std::size_t>(lane->writeLimit - at) < size) [[unlikely]]
            at = grow(*lane, size);
        lane->write = at + size;
        return at;
    }

    Lane *selectLane(Priority priority);
    std::byte *grow(Lane &lane, std::size_t size);
    void takeBack(Priority priority, std::byte *at, EventDescriptor const &hole) noexcept;
    Event *resolveFront() noexcept;
    void dropFirstChunk(Lane &lane) noexcept;

    void activate(Lane &lane) noexcept;
    Lane *laneBelowTop() noexcept;
    void endRest() noexcept;
    void restOrRetire(Lane &lane) noexcept;
    void retire(Lane &lane) noexcept;
    void addIdle(Lane &lane) noexcept;
    void removeIdle(Lane &lane) noexcept;
    void forgetOldestIdle() noexcept;
    void releaseChunk(Chunk *chunk) noexcept;
    void dropChunks(Lane &lane) noexcept;
    Lane &laneFor(Lane &source, EventStore &other) noexcept;
    [[nodiscard]] bool isWorthCopying(Lane const &source, Lane const &into) const noexcept;
    void copyRecords(Lane &source, Lane &into) noexcept;
    void putBox(Event &event);

    Lane *_pushLane = &_defaultLane; // where the last push went
    LaneHeap _active;
    Lane *_frontLane = nullptr;
    std::size_t _size = 0;

    Lane _defaultLane; // of DEFAULT_PRIORITY; never forgotten
    LaneTable _lanes;
    Lane *_oldestIdle = nullptr;
    Lane *_newestIdle = nullptr;
    std::size_t _idleLanes = 0;
    std::size_t _mostIdleLanes;
    ChunkPool _pool;
};

/// What stands where an event was to be whose constructor threw after others had been pushed behind it.
template <class E>
inline constexpr EventDescriptor HOLE_OF{.type = 0,
                                         .name = "",
                                         .size = sizeof(Event),
                                         .alignment = alignof(Event),
                                         .recordSize = DESCRIPTOR_OF<E, Accounting::FREE>.recordSize,
                                         .kind = EventKind::HOLE,
                                         .accounting = Accounting::FREE,
                                         .isBoxed = false,
                                         .moveTo = nullptr,
                                         .destroy = nullptr};

struct EventStore::Reservation {
    ~Reservation() {
        if (at != nullptr) [[unlikely]]
            store.takeBack(priority, at, hole);
    }

    EventStore &store;
    Priority priority;
    std::byte *at; // nullptr = the event stands
    EventDescriptor const &hole;
};

/// An event in memory of its own, until a store's box takes it over.
template <class E>
class BoxedEvent {
public:
    template <class... Args>
    explicit BoxedEvent(Args &&...args) : _memory(allocateBoxed(sizeof(E), alignof(E))) {
        _event = constructEvent<E>(_memory.at, std::forward<Args>(args)...);
    }
    BoxedEvent(BoxedEvent const &) = delete;
    BoxedEvent &operator=(BoxedEvent const &) = delete;

    E &operator*() const noexcept { return *_event; }
    void release() noexcept { _memory.at = nullptr; }
    ~BoxedEvent() {
        if (_memory.at != nullptr) std::destroy_at(_event);
    }

private:
    struct Memory {
        explicit Memory(void *memory) noexcept : at(memory) {}
        Memory(Memory const &) = delete;
        Memory &operator=(Memory const &) = delete;
        ~Memory() {
            if (at != nullptr) freeBoxed(at, alignof(E));
        }
        void *at;
    };

    Memory _memory;
    E *_event = nullptr;
};

/// An event on the stack, on its way into a store.
template <class E>
class StackEvent {
public:
    template <class... Args>
    explicit StackEvent(Args &&...args) : _event(constructEvent<E>(_memory, std::forward<Args>(args)...)) {}
    StackEvent(StackEvent const &) = delete;
    StackEvent &operator=(StackEvent const &) = delete;
    ~StackEvent() { std::destroy_at(_event); }

    E &operator*() const noexcept { return *_event; }

private:
    alignas(E) std::byte _memory[sizeof(E)];
    E *_event;
};

template <class E, Accounting A, class... Args>
[[gnu::always_inline]] inline E &EventStore::emplace(std::uint64_t id, ServiceId origin, Priority priority, Args &&...args) {
    if constexpr (IS_BOXED<E>) {
        BoxedEvent<E> boxed(std::forward<Args>(args)...);
        E &event = *boxed;
        EventAccess::describe(event, DESCRIPTOR_OF<E, A>, id, origin, priority);
        putBox(event);
        boxed.release();
        return event;
    } else {
        std::byte *at = reserve(priority, DESCRIPTOR_OF<E, A>.recordSize);
        E *event = nullptr;
        if constexpr (IS_NOTHROW_EVENT<E, Args...>) {
            event = constructEvent<E>(at, std::forward<Args>(args)...);
        } else {
            Reservation reservation{*this, priority, at, HOLE_OF<E>};
            event = constructEvent<E>(at, std::forward<Args>(args)...);
            reservation.at = nullptr;
        }
        EventAccess::describe(*event, DESCRIPTOR_OF<E, A>, id, origin, priority);
        ++_size;
        return *event;
    }
}

} // namespace Ichor::Detail
