#pragma once

#include <cstdint>

namespace Ichor::Detail {

/// A moment in the life of a queue, by the ids that it had given until then. The queue's own thread gives the even ones, others the odd;
/// where there is an inbox for what is urgent, the last two bits of the odd ones tell through which they came.
struct PushMark {
    static constexpr std::uint64_t ORDINARY = 1;
    static constexpr std::uint64_t URGENT = 3;
    static constexpr std::uint64_t INBOX_BITS = 3;

    [[nodiscard]] bool isAfter(std::uint64_t eventId) const noexcept {
        return eventId <= (eventId % 2 == 0 ? own : (eventId & INBOX_BITS) == URGENT ? urgent : others);
    }

    std::uint64_t own = 0;
    std::uint64_t others = 0;
    std::uint64_t urgent = 0; // as `others` where there is one inbox only
};

} // namespace Ichor::Detail
