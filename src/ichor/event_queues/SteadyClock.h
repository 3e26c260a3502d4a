#pragma once

#include <ichor/base/Time.h>

namespace Ichor::Detail {

[[nodiscard]] inline TimePoint steadyNow() noexcept { return std::chrono::steady_clock::now(); }

/// Tells the processor that the thread only waits for others.
inline void relaxProcessor() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

} // namespace Ichor::Detail
