#pragma once

#include <ichor/event_queues/IEventQueue.h>
#include <memory>
#include <string>

/// Whether a queue on io_uring can be had, in this build and on this system.
struct IOUringChoice {
    bool isUsable;
    std::string why; // which kernel with what, or what is in the way
};

[[nodiscard]] IOUringChoice askForIOUring();

/// Errors:    std::system_error when it cannot be had
[[nodiscard]] std::unique_ptr<Ichor::IEventQueue> makeIOUringQueue(Ichor::QueueOptions const &options);
