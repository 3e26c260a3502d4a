#pragma once

#include <ichor/base/Time.h>

#include <atomic>
#include <cstdint>

namespace Ichor::Detail {

/// Sleeps while `word` holds `expected`, at most until the deadline (TimePoint::max(): without). May return sooner.
void futexWait(std::atomic<std::uint32_t> &word, std::uint32_t expected, TimePoint deadline) noexcept;

/// Wakes one thread that sleeps on `word`.
///
/// Threads:   any, and from signal handlers
void futexWake(std::atomic<std::uint32_t> &word) noexcept;

} // namespace Ichor::Detail
