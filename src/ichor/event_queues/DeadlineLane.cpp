#include <ichor/event_queues/DeadlineLane.h>

#include <ichor/event_queues/EventLoop.h>

#include <algorithm>
#include <ctime>
#include <exception>
#include <mutex>
#include <utility>

namespace Ichor::Detail {

namespace {

constexpr Duration LEAST_WINDOW = std::chrono::milliseconds(10);

// The order of std::push_heap, which has the largest on top.
bool isLater(DeadlineSlot const *a, DeadlineSlot const *b) noexcept {
    return a->deadline != b->deadline ? a->deadline > b->deadline : a->order > b->order;
}

// What the calling thread has had of processors. A system call.
Duration processorTime() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

} // namespace

DeadlineLane::DeadlineLane(EventLoop &loop, RealtimeSettings const &settings)
    : _loop(loop), _priority(settings.deadlinePriority), _capacity(settings.deadlineCapacity), _whenIdle(settings.whenIdle),
      _onMissed(settings.onMissedDeadline), _slots(std::make_unique<DeadlineSlot[]>(settings.deadlineCapacity)) {
    _heap.reserve(_capacity);
    for (std::size_t i = _capacity; i-- > 0;) _slots[i].next = std::exchange(_free, &_slots[i]);
    _lock.inheritPriority();
    std::lock_guard const lock(_lock); // the first one may allocate
}

DeadlineLane::~DeadlineLane() { clear(); }

// ---- Any thread ----

DeadlineSlot *DeadlineLane::take() noexcept {
    std::lock_guard const lock(_lock);
    DeadlineSlot *const slot = _free;
    if (slot != nullptr) _free = slot->next;
    return slot;
}

void DeadlineLane::giveBack(DeadlineSlot &slot) noexcept {
    std::lock_guard const lock(_lock);
    slot.next = std::exchange(_free, &slot);
}

std::uint64_t DeadlineLane::enter(DeadlineSlot &slot) noexcept {
    if (_loop.isCurrent()) {
        std::uint64_t const id = _loop.nextOwnId();
        EventAccess::setId(slot.event(), id);
        collect(); // those that came before it
        _size.fetch_add(1, std::memory_order_relaxed);
        add(slot);
        standInLine();
        return id;
    }
    Inbox::Delivery delivery{};
    {
        // The loop is woken after the lock is free, so that it need not wait for it.
        std::lock_guard const lock(_lock);
        delivery = _loop.announce(_arrival);
        if (delivery.id == 0) return 0;
        EventAccess::setId(slot.event(), delivery.id);
        slot.next = nullptr;
        (_firstArrived == nullptr ? _firstArrived : _lastArrived->next) = &slot;
        _lastArrived = &slot;
        _size.fetch_add(1, std::memory_order_relaxed);
    }
    if (delivery.isFirst) _loop.ring();
    return delivery.id;
}

// ---- The loop's own ----

void DeadlineLane::collect() noexcept {
    DeadlineSlot *slot = nullptr;
    {
        std::lock_guard const lock(_lock);
        slot = std::exchange(_firstArrived, nullptr);
    }
    while (slot != nullptr) add(*std::exchange(slot, slot->next));
}

void DeadlineLane::add(DeadlineSlot &slot) noexcept {
    slot.order = ++_lastOrder;
    _heap.push_back(&slot);
    std::push_heap(_heap.begin(), _heap.end(), &isLater);
}

DeadlineSlot &DeadlineLane::removeEarliest() noexcept {
    std::pop_heap(_heap.begin(), _heap.end(), &isLater);
    DeadlineSlot &slot = *_heap.back();
    _heap.pop_back();
    _size.fetch_sub(1, std::memory_order_relaxed);
    return slot;
}

void DeadlineLane::standInLine() noexcept {
    if (!_heap.empty() && !_turn.isPosted()) _loop.postUnmeasured(_turn, _priority);
}

void DeadlineLane::runEarliest() noexcept {
    collect();
    if (_heap.empty()) return;
    DeadlineSlot &slot = removeEarliest();
    Event &event = slot.event();
    MissedDeadline missed{.id = event.id(),
                          .type = event.type(),
                          .name = event.name(),
                          .origin = event.origin(),
                          .deadline = slot.deadline,
                          .lateAtStart = std::max(_loop.driver().now() - slot.deadline, Duration::zero())};
    _loop.processFor(event);
    TimePoint const now = _loop.driver().now();
    missed.late = now - slot.deadline;
    discard(slot);
    if (missed.late > Duration::zero()) miss(missed, now);
    standInLine();
}

void DeadlineLane::miss(MissedDeadline const &missed, TimePoint now) noexcept {
    _missed.fetch_add(1, std::memory_order_relaxed);
    if (!_onMissed) return;
    try {
        MissedDeadline told = missed;
        told.isThrottling = _heldBack && _throttling.explains(_heldBack->until(momentAt(now)));
        _onMissed(told);
    } catch (...) {
        _loop.reportForeignException(std::current_exception());
    }
}

void DeadlineLane::setThrottling(std::optional<RtThrottling> const &throttling) noexcept {
    if (!throttling || throttling->pause() == Duration::zero() || !_onMissed) return;
    _throttling = *throttling;
    // As far back as a pause may delay what came before it, and not so far that many small delays add up to one.
    _window = std::max(_throttling.pause(), LEAST_WINDOW);
    _heldBack.emplace(_window, momentAt(_loop.driver().now()));
}

void DeadlineLane::watch(TimePoint now) noexcept {
    if (_heldBack && _heldBack->isDue(now)) _heldBack->advance(momentAt(now));
}

TimePoint DeadlineLane::waitsUntil(TimePoint now, TimePoint deadline) const noexcept {
    return _whenIdle == WhenIdle::BUSY_POLL ? std::min(deadline, now + _window) : deadline;
}

void DeadlineLane::noteWait(TimePoint from, TimePoint to, TimePoint deadline) noexcept {
    if (_whenIdle == WhenIdle::SLEEP) _slept += std::max(Duration::zero(), std::min(to, deadline) - from);
}

HeldBack::Moment DeadlineLane::momentAt(TimePoint now) const noexcept { return {.now = now, .ran = processorTime(), .slept = _slept}; }

void DeadlineLane::discard(DeadlineSlot &slot) noexcept {
    EventDescriptor const &descriptor = slot.event().descriptor();
    if (descriptor.destroy != nullptr) descriptor.destroy(slot.event());
    giveBack(slot);
}

void DeadlineLane::clear() noexcept {
    collect();
    while (!_heap.empty()) discard(removeEarliest());
}

} // namespace Ichor::Detail
