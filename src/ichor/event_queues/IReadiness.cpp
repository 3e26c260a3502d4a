#include <ichor/event_queues/IReadiness.h>

#include <ichor/base/Contract.h>

namespace Ichor {

DescriptorWatch::~DescriptorWatch() {
    if (isWatched()) contractViolation("a DescriptorWatch has to be unwatched before it is destroyed");
}

} // namespace Ichor
