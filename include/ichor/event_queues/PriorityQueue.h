#pragma once

#include <ichor/event_queues/IEventQueue.h>

namespace Ichor {

/// The queue to start with. It sleeps on a futex and, once a descriptor is watched, in epoll.
///
/// Threads:   see IEventQueue
class PriorityQueue final : public IEventQueue {
public:
    explicit PriorityQueue(QueueOptions const &options = {});
    ~PriorityQueue() override;
};

} // namespace Ichor
