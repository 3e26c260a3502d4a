#include <ichor/events/Event.h>

#include <ichor/base/Contract.h>

namespace Ichor::Detail {

// Out of line, since each push of each type of event would hold the text.
void EventAccess::refuseOrigin() noexcept {
    contractViolation("the origin of an event is no id of a service: ids of services have 48 bits");
}

} // namespace Ichor::Detail
