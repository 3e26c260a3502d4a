#include <ichor/event_queues/TimerHeap.h>

#include <algorithm>

namespace Ichor::Detail {

namespace {
constexpr std::size_t CHILDREN = 4;
constexpr std::size_t parentOf(std::size_t index) noexcept { return (index - 1) / CHILDREN; }
} // namespace

TimerHeap::~TimerHeap() {
    for (Entry &entry : _entries) entry.timer->timerLink().resumer = nullptr;
}

void TimerHeap::arm(TimerNode &timer, TimePoint deadline) {
    TimerLink &link = timer.timerLink();
    Entry entry{.deadline = deadline, .order = ++_lastOrder, .timer = &timer};
    if (timer.isArmed()) {
        link.deadline = deadline;
        settle(link.heapIndex, entry);
        return;
    }
    _entries.push_back(entry);
    link.resumer = &_resumer;
    link.deadline = deadline;
    siftUp(_entries.size() - 1, entry);
}

void TimerHeap::disarm(TimerNode &timer) noexcept {
    if (!timer.isArmed()) return;
    TimerLink &link = timer.timerLink();
    link.resumer = nullptr;
    Entry last = _entries.back();
    _entries.pop_back();
    if (link.heapIndex < _entries.size()) settle(link.heapIndex, last);
}

TimerNode *TimerHeap::takeDue(TimePoint now) noexcept {
    if (_entries.empty() || _entries.front().deadline > now) return nullptr;
    TimerNode *timer = _entries.front().timer;
    disarm(*timer);
    return timer;
}

void TimerHeap::place(std::size_t index, Entry const &entry) noexcept {
    _entries[index] = entry;
    entry.timer->timerLink().heapIndex = index;
}

void TimerHeap::settle(std::size_t index, Entry entry) noexcept {
    if (index > 0 && entry.isBefore(_entries[parentOf(index)])) {
        siftUp(index, entry);
    } else {
        siftDown(index, entry);
    }
}

void TimerHeap::siftUp(std::size_t index, Entry entry) noexcept {
    while (index > 0 && entry.isBefore(_entries[parentOf(index)])) {
        place(index, _entries[parentOf(index)]);
        index = parentOf(index);
    }
    place(index, entry);
}

void TimerHeap::siftDown(std::size_t index, Entry entry) noexcept {
    for (;;) {
        std::size_t first = index * CHILDREN + 1;
        if (first >= _entries.size()) break;
        std::size_t end = std::min(first + CHILDREN, _entries.size());
        std::size_t least = first;
        for (std::size_t child = first + 1; child < end; ++child) {
            if (_entries[child].isBefore(_entries[least])) least = child;
        }
        if (!_entries[least].isBefore(entry)) break;
        place(index, _entries[least]);
        index = least;
    }
    place(index, entry);
}

} // namespace Ichor::Detail
