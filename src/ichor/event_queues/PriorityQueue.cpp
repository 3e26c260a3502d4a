#include <ichor/event_queues/PriorityQueue.h>

#include <ichor/event_queues/FutexEpollDriver.h>

#include <memory>

namespace Ichor {

PriorityQueue::PriorityQueue(QueueOptions const &options)
    : IEventQueue(std::make_unique<Detail::FutexEpollDriver>(options.spin), options) {}

PriorityQueue::~PriorityQueue() = default;

} // namespace Ichor
