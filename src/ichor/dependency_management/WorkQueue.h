#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/dependency_management/ServiceRecord.h>
#include <ichor/model/Priority.h>
#include <map>
#include <vector>

namespace Ichor::Detail {

class WorkQueue;

/// The services of one priority whose life cycle has a step to take, first come first served.
struct WorkLane {
    WorkQueue *queue = nullptr;
    Priority priority;
    std::size_t services = 0; // installed services of this priority
    bool isInHeap = false;
    IntrusiveList<ServiceRecord, &ServiceRecord::laneHook> records;
};

/// Whose life cycle has a step to take: by priority, and in order within one. Memory is taken when a service is registered, so that
/// enqueuing cannot fail: a step that was once due is always taken.
///
/// Threads: the manager's own
class WorkQueue final {
public:
    explicit WorkQueue(bool &hasWork) noexcept : _hasWork(hasWork) {}
    WorkQueue(WorkQueue const &) = delete;
    WorkQueue &operator=(WorkQueue const &) = delete;

    /// Errors: std::bad_alloc, then nothing has changed
    void join(ServiceRecord &record);
    void leave(ServiceRecord &record) noexcept;

    /// Nothing happens when it is queued already.
    void enqueue(ServiceRecord &record) noexcept {
        if (record.isQueued || record.lane == nullptr) {
            return;
        }
        record.isQueued = true;
        record.lane->records.pushBack(record);
        if (!record.lane->isInHeap) {
            pushLane(*record.lane);
        }
        _hasWork = true;
    }
    /// The most urgent record, or nullptr.
    [[nodiscard]] ServiceRecord *pop() noexcept {
        while (!_heap.empty()) {
            WorkLane &lane = *_heap.front();
            if (ServiceRecord *record = lane.records.popFront()) {
                record->isQueued = false;
                return record;
            }
            // The only lane stays where it is: most programs use one priority, and its next record comes soon.
            if (_heap.size() == 1 && lane.services > 0) {
                return nullptr;
            }
            popLane();
        }
        return nullptr;
    }

private:
    void pushLane(WorkLane &lane) noexcept;
    void popLane() noexcept;

    std::map<Priority, WorkLane> _lanes;
    std::vector<WorkLane *> _heap; // lanes that may have records; room for all of them is reserved
    bool &_hasWork;                // what the event loop tests
};

} // namespace Ichor::Detail
