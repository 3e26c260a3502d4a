#include <ichor/event_queues/EventStore.h>

#include <ichor/model/Priority.h>

#include <memory>
#include <new>

namespace Ichor::Detail {

namespace {

// Programs use a handful of priorities over and over, or one that is new each time: the first kind keeps its lanes.
constexpr std::size_t MAX_IDLE_LANES = 32;

// A lane takes its next chunk from the class that its content so far has earned.
constexpr std::size_t CONTENT_FOR_LARGE_CHUNKS = 16 * 1024;
constexpr std::size_t SMALL_CHUNK_ROOM = 512 - sizeof(Chunk);
constexpr std::size_t LARGE_CHUNK_BYTES = 64 * 1024;

ChunkClass nextChunkClass(Lane const &lane, std::size_t recordSize) noexcept {
    if (lane.chunkBytes >= CONTENT_FOR_LARGE_CHUNKS) return ChunkClass::LARGE;
    if (lane.chunkBytes > 0 || recordSize > SMALL_CHUNK_ROOM) return ChunkClass::MEDIUM;
    return ChunkClass::SMALL;
}

// A chunk that waits for nothing must not hold a slab.
bool holdsMuch(Lane const &lane) noexcept {
    return lane.last != nullptr && (lane.last->extent->isSlab() || lane.chunkBytes >= LARGE_CHUNK_BYTES);
}

struct Hole final : Event {};

void destroyBox(Event &event) noexcept {
    Event *target = static_cast<EventBox &>(event).target;
    if (target != nullptr) destroyBoxed(*target);
}

constexpr EventDescriptor BOX{.type = 0,
                              .name = "",
                              .size = sizeof(EventBox),
                              .alignment = alignof(EventBox),
                              .recordSize = sizeof(EventBox),
                              .kind = EventKind::BOX,
                              .accounting = Accounting::FREE,
                              .isBoxed = false,
                              .moveTo = nullptr,
                              .destroy = &destroyBox};

} // namespace

EventStore::EventStore() noexcept : _mostIdleLanes(MAX_IDLE_LANES) {
    _defaultLane.priority = DEFAULT_PRIORITY.value;
    _lanes.insert(_defaultLane);
    addIdle(_defaultLane);
}

EventStore::~EventStore() { clear(); }

void EventStore::fix(StorePlan const &plan) {
    // Of two neighbours in a chain, together more than one chunk is full, but for what the largest record leaves over: see splice().
    constexpr std::size_t USED_AT_LEAST = ChunkPool::FIXED_CHUNK_BYTES - sizeof(Chunk) - MAX_UNBOXED_SIZE;
    std::size_t const lanes = plan.priorities->size() + MAX_IDLE_LANES;
    _pool.fix(2 * ((plan.recordBytes + USED_AT_LEAST - 1) / USED_AT_LEAST) + 2 * lanes);
    _mostIdleLanes = lanes;
    for (Priority priority : *plan.priorities) selectLane(priority);
    _pushLane = &_defaultLane;
}

void EventStore::clear() noexcept {
    while (front() != nullptr) popFront();
    while (Lane *lane = _active.top()) retire(*lane);
    while (_idleLanes > 1) forgetOldestIdle();
    dropChunks(_defaultLane);
}

void EventStore::moveIn(Event &event) {
    EventDescriptor const &descriptor = event.descriptor();
    if (descriptor.isBoxed) {
        putBox(event);
        return;
    }
    descriptor.moveTo(reserve(event.priority(), descriptor.recordSize), event);
    ++_size;
}

void EventStore::putBox(Event &event) {
    std::byte *at = reserve(event.priority(), sizeof(EventBox));
    auto *box = ::new (at) EventBox;
    EventAccess::describe(*box, BOX, event.id(), event.origin(), event.priority());
    box->target = &event;
    recordOfBoxed(event) = box;
    ++_size;
}

Event *EventStore::resolveFront() noexcept {
    Event *record = recordAt(_frontLane->read);
    while (record->descriptor().kind == EventKind::HOLE) {
        popFront();
        if (_size == 0) return nullptr;
        record = frontRecord();
    }
    return record->descriptor().kind == EventKind::BOX ? static_cast<EventBox *>(record)->target : record;
}

// ---- Growing ----

Lane *EventStore::selectLane(Priority priority) {
    Lane *lane = _lanes.find(priority.value);
    if (lane == nullptr) {
        lane = new Lane;
        lane->priority = priority.value;
        _lanes.insert(*lane);
        addIdle(*lane);
        if (_idleLanes > _mostIdleLanes) forgetOldestIdle();
    }
    _pushLane = lane;
    return lane;
}

std::byte *EventStore::grow(Lane &lane, std::size_t size) {
    if (!lane.isActive && lane.last != nullptr && static_cast<std::size_t>(lane.last->limit() - lane.write) >= size) {
        lane.writeLimit = lane.last->limit();
        activate(lane);
        return lane.write;
    }

    Chunk *chunk = _pool.acquire(nextChunkClass(lane, size));
    if (lane.isEmpty()) {
        dropChunks(lane); // too small, if there was one
        lane.first = chunk;
        lane.read = chunk->begin();
    } else {
        lane.last->end = lane.write;
        lane.last->next = chunk;
        if (lane.first == lane.last) lane.readEnd = lane.write;
    }
    lane.last = chunk;
    lane.write = chunk->begin();
    lane.writeLimit = chunk->limit();
    lane.chunkBytes += chunk->size;
    if (!lane.isActive) activate(lane);
    return lane.write;
}

// The constructor of an event threw. What it pushed itself stands behind the record, which then has to stay, as a hole.
void EventStore::takeBack(Priority priority, std::byte *at, EventDescriptor const &hole) noexcept {
    Lane &lane = *_lanes.find(priority.value);
    if (lane.write != at + hole.recordSize) {
        EventAccess::describe(*::new (at) Hole, hole, 0, ServiceId{}, priority);
        ++_size;
        return;
    }
    lane.write = at;
    if (lane.isEmpty() && &lane != _active.top()) retire(lane);
}

// ---- Shrinking ----

void EventStore::dropFirstChunk(Lane &lane) noexcept {
    do {
        Chunk *emptied = lane.first;
        lane.first = emptied->next;
        lane.read = lane.first->begin();
        lane.readEnd = lane.first == lane.last ? nullptr : lane.first->end;
        lane.chunkBytes -= emptied->size;
        releaseChunk(emptied);
        // One was the last, and had nothing in it for the reason below, when others were spliced behind it.
    } while (lane.read == lane.readEnd);
    // The last chunk has nothing in it when the constructor of what was to be its first event threw.
    if (lane.isEmpty() && &lane != _active.top()) retire(lane);
}

void EventStore::dropChunks(Lane &lane) noexcept {
    while (Chunk *chunk = lane.first) {
        lane.first = chunk->next;
        releaseChunk(chunk);
    }
    lane.last = nullptr;
    lane.read = lane.write = lane.writeLimit = lane.readEnd = nullptr;
    lane.chunkBytes = 0;
}

void EventStore::releaseChunk(Chunk *chunk) noexcept {
    ChunkPool *home = chunk->extent->pool;
    if (home == &_pool) {
        _pool.release(chunk);
    } else {
        home->handBack(chunk);
    }
}

// ---- Lanes ----

void EventStore::activate(Lane &lane) noexcept {
    removeIdle(lane);
    if (Lane const *const top = _active.top(); top != nullptr && top->heapChild != nullptr) endRest();
    lane.isActive = true;
    _active.insert(lane);
}

// Before a third one comes: those that are empty may not be the first two for long.
void EventStore::endRest() noexcept {
    if (Lane *const other = _active.other(); other != nullptr && other->isEmpty()) retire(*other);
    if (Lane *const top = _active.top(); top->isEmpty()) retire(*top);
}

// The one on top is empty, and there is another that is not.
Lane *EventStore::laneBelowTop() noexcept {
    if (Lane *const other = _active.other(); other != nullptr) return other;
    retire(*_active.top());
    return _active.top();
}

// One that is empty and not on top. To come back from being idle takes as long as some events do.
void EventStore::restOrRetire(Lane &lane) noexcept {
    if (&lane != _active.other() || holdsMuch(lane)) retire(lane);
}

void EventStore::retire(Lane &lane) noexcept {
    _active.remove(lane);
    lane.isActive = false;
    if (holdsMuch(lane)) dropChunks(lane);
    lane.writeLimit = lane.write;
    addIdle(lane);
    if (_idleLanes > _mostIdleLanes) forgetOldestIdle();
}

void EventStore::addIdle(Lane &lane) noexcept {
    lane.heapBefore = _newestIdle;
    lane.heapNext = nullptr;
    (_newestIdle == nullptr ? _oldestIdle : _newestIdle->heapNext) = &lane;
    _newestIdle = &lane;
    ++_idleLanes;
}

void EventStore::removeIdle(Lane &lane) noexcept {
    (lane.heapBefore == nullptr ? _oldestIdle : lane.heapBefore->heapNext) = lane.heapNext;
    (lane.heapNext == nullptr ? _newestIdle : lane.heapNext->heapBefore) = lane.heapBefore;
    lane.heapBefore = lane.heapNext = nullptr;
    --_idleLanes;
}

void EventStore::forgetOldestIdle() noexcept {
    if (_oldestIdle == &_defaultLane) {
        removeIdle(_defaultLane);
        addIdle(_defaultLane);
    }
    Lane &lane = *_oldestIdle;
    removeIdle(lane);
    dropChunks(lane);
    _lanes.remove(lane);
    if (_pushLane == &lane) _pushLane = &_defaultLane;
    delete &lane;
}

// ---- Taking over another store ----

// The lane here that takes what `source` holds. Without memory for a new one, the source itself comes over.
Lane &EventStore::laneFor(Lane &source, EventStore &other) noexcept {
    if (Lane *lane = _lanes.find(source.priority)) return *lane;
    if (Lane *lane = new (std::nothrow) Lane) {
        lane->priority = source.priority;
        _lanes.insert(*lane);
        addIdle(*lane);
        return *lane;
    }
    other._lanes.remove(source);
    _lanes.insert(source);
    if (other._pushLane == &source) other._pushLane = &other._defaultLane;
    return source;
}

// Where memory is counted, a chunk with one event in it must not go to the end of a lane whose last chunk has room.
bool EventStore::isWorthCopying(Lane const &source, Lane const &into) const noexcept {
    return source.first == source.last && into.isActive && source.write - source.read <= into.writeLimit - into.write;
}

void EventStore::copyRecords(Lane &source, Lane &into) noexcept {
    while (!source.isEmpty()) {
        Event &record = *recordAt(source.read);
        EventDescriptor const &descriptor = record.descriptor();
        source.read += descriptor.recordSize;
        if (descriptor.kind == EventKind::BOX) {
            auto *box = ::new (into.write) EventBox(static_cast<EventBox &>(record));
            if (box->target != nullptr) recordOfBoxed(*box->target) = box;
        } else if (descriptor.kind == EventKind::HOLE) {
            EventAccess::copyHeader(*::new (into.write) Hole, record);
        } else {
            descriptor.moveTo(into.write, record);
            if (descriptor.destroy != nullptr) descriptor.destroy(record);
        }
        into.write += descriptor.recordSize;
    }
}

void EventStore::splice(EventStore &other) noexcept {
    while (Lane *source = other._active.top()) {
        if (source->isEmpty()) {
            other.retire(*source);
            continue;
        }
        Lane &lane = laneFor(*source, other);
        if (&lane == source) {
            other._active.remove(lane);
            addIdle(lane);
            activate(lane);
            continue;
        }
        if (_pool.isFixed() && isWorthCopying(*source, lane)) {
            copyRecords(*source, lane);
            other.dropChunks(*source);
            other.retire(*source);
            continue;
        }
        if (lane.isEmpty()) {
            dropChunks(lane);
            lane.first = source->first;
            lane.read = source->read;
            lane.readEnd = source->readEnd;
        } else {
            lane.last->end = lane.write;
            lane.last->next = source->first;
            if (lane.first == lane.last) lane.readEnd = lane.write;
        }
        lane.last = source->last;
        lane.write = source->write;
        lane.writeLimit = source->writeLimit;
        lane.chunkBytes += source->chunkBytes;
        if (!lane.isActive) activate(lane);

        source->first = nullptr; // its chunks have gone
        other.dropChunks(*source);
        other.retire(*source);
    }
    _size += other._size;
    other._size = 0;
}

} // namespace Ichor::Detail
