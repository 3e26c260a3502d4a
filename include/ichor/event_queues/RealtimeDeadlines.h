#pragma once

#include <ichor/base/Time.h>
#include <ichor/event_queues/EventStore.h>
#include <ichor/events/Event.h>
#include <ichor/model/ServiceId.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>

namespace Ichor {

/// An event whose handlers had not returned, or come to their first wait, by its deadline.
struct MissedDeadline {
    std::uint64_t id = 0;   ///< as the push gave it
    std::uint64_t type = 0; ///< E::TYPE
    std::string_view name;  ///< E::NAME
    ServiceId origin{};     ///< who pushed it
    TimePoint deadline{};   ///< as the push was given it
    Duration lateAtStart{}; ///< zero: its handlers started in time, and took too long
    Duration late{};        ///< when they had returned
    /// Shortly before, the thread wanted to run and could not for about as long as the kernel's RT throttling holds one back; see
    /// RtThrottling::explains. A handler that blocks looks likewise. Never where SCHED_FIFO was refused, or the kernel does not throttle.
    bool isThrottling = false;
};

namespace Detail {

/// Where an event with a deadline waits.
struct DeadlineSlot {
    static constexpr std::size_t EVENT_BYTES = 256;

    [[nodiscard]] Event &event() noexcept { return *std::launder(reinterpret_cast<Event *>(memory)); }

    DeadlineSlot *next = nullptr; // in the list of those that are free, or that other threads have filled
    TimePoint deadline{};
    std::uint64_t order = 0; // of equal deadlines, the least comes first
    alignas(RECORD_ALIGNMENT) std::byte memory[EVENT_BYTES];
};

template <class E>
inline constexpr bool FITS_A_DEADLINE_SLOT = sizeof(E) <= DeadlineSlot::EVENT_BYTES && !IS_BOXED<E>;

} // namespace Detail

} // namespace Ichor
