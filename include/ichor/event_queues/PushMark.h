#pragma once

#include <cstdint>

namespace Ichor::Detail {

/// A moment in the life of a queue, by the ids that it had given until then. The queue's own thread gives the even ones, others the odd.
struct PushMark {
    [[nodiscard]] bool isAfter(std::uint64_t eventId) const noexcept { return eventId <= (eventId % 2 == 0 ? own : others); }

    std::uint64_t own = 0;
    std::uint64_t others = 0;
};

} // namespace Ichor::Detail
