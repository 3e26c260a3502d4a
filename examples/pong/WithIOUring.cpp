#include "IOUringChoice.h"

#include <ichor/event_queues/IOUringQueue.h>

IOUringChoice askForIOUring() {
    Ichor::IOUringSupport const support = Ichor::IOUringQueue::probe();
    return {support.isUsable, support.description};
}

std::unique_ptr<Ichor::IEventQueue> makeIOUringQueue(Ichor::QueueOptions const &options) {
    return std::make_unique<Ichor::IOUringQueue>(options);
}
