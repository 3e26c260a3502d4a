#pragma once

#include <ichor/base/StrongId.h>

namespace Ichor {

/// Names a DependencyManager, and so a thread and its queue, within this process.
using ManagerId = StrongId<struct ManagerIdTag>;

} // namespace Ichor
