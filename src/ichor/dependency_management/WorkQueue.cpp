#include "WorkQueue.h"

#include <algorithm>

namespace Ichor::Detail {

namespace {

bool runsLater(WorkLane const *a, WorkLane const *b) noexcept { return a->priority > b->priority; }

} // namespace

void WorkQueue::join(ServiceRecord &record) {
    auto const [lane, isNew] = _lanes.try_emplace(record.priority);
    if (isNew) {
        try {
            _heap.reserve(_lanes.size());
        } catch (...) {
            _lanes.erase(lane);
            throw;
        }
        lane->second.queue = this;
        lane->second.priority = record.priority;
    }
    ++lane->second.services;
    record.lane = &lane->second;
}

void WorkQueue::leave(ServiceRecord &record) noexcept {
    if (record.lane == nullptr) {
        return;
    }
    WorkLane &lane = *std::exchange(record.lane, nullptr);
    lane.records.remove(record);
    record.isQueued = false;
    // A lane in the heap is erased when it comes up empty: taking it out of the middle would cost O(lanes).
    if (--lane.services == 0 && !lane.isInHeap) {
        _lanes.erase(Priority{lane.priority});
    }
}

void WorkQueue::pushLane(WorkLane &lane) noexcept {
    lane.isInHeap = true;
    _heap.push_back(&lane);
    std::push_heap(_heap.begin(), _heap.end(), &runsLater);
}

void WorkQueue::popLane() noexcept {
    std::pop_heap(_heap.begin(), _heap.end(), &runsLater);
    WorkLane &lane = *_heap.back();
    _heap.pop_back();
    lane.isInHeap = false;
    if (lane.services == 0) {
        _lanes.erase(Priority{lane.priority});
    }
}

} // namespace Ichor::Detail
