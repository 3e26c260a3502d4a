#include <ichor/event_queues/Futex.h>

#include <cerrno>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace Ichor::Detail {

namespace {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));

timespec toTimespec(TimePoint time) noexcept {
    auto sinceEpoch = time.time_since_epoch();
    if (sinceEpoch < Duration::zero()) return {};
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(sinceEpoch);
    return {.tv_sec = seconds.count(), .tv_nsec = (sinceEpoch - seconds).count()};
}

} // namespace

void futexWait(std::atomic<std::uint32_t> &word, std::uint32_t expected, TimePoint deadline) noexcept {
    int before = errno;
    timespec until = toTimespec(deadline); // absolute, on CLOCK_MONOTONIC, which the steady clock reads
    ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, deadline == TimePoint::max() ? nullptr : &until, nullptr,
              FUTEX_BITSET_MATCH_ANY);
    errno = before; // woken, changed before, interrupted or late: the caller looks for itself
}

void futexWake(std::atomic<std::uint32_t> &word) noexcept {
    int before = errno;
    ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    errno = before;
}

bool futexLockInheriting(std::atomic<std::uint32_t> &word) noexcept {
    int before = errno;
    long result = -1;
    do {
        result = ::syscall(SYS_futex, &word, FUTEX_LOCK_PI_PRIVATE, 0, nullptr, nullptr, 0);
    } while (result != 0 && (errno == EINTR || errno == EAGAIN));
    errno = before;
    return result == 0;
}

void futexUnlockInheriting(std::atomic<std::uint32_t> &word) noexcept {
    int before = errno;
    ::syscall(SYS_futex, &word, FUTEX_UNLOCK_PI_PRIVATE, 0, nullptr, nullptr, 0);
    errno = before;
}

} // namespace Ichor::Detail
