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

/// Takes a lock whose word is 0 or the id of the thread that holds it, and lends that thread the caller's priority meanwhile. False: the
/// kernel does not do that.
///
/// Threads:   any
[[nodiscard]] bool futexLockInheriting(std::atomic<std::uint32_t> &word) noexcept;

/// Gives back such a lock, when the word says that somebody waits for it.
///
/// Threads:   the one that holds it
void futexUnlockInheriting(std::atomic<std::uint32_t> &word) noexcept;

} // namespace Ichor::Detail
