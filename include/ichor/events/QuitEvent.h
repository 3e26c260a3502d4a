#pragma once

#include <ichor/events/Event.h>

namespace Ichor {

/// Asks the manager to stop all services and then to end its queue's loop.
struct QuitEvent final : EventOf<QuitEvent> {};

} // namespace Ichor
