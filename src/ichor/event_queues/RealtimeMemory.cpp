#include <ichor/event_queues/RealtimeMemory.h>

#include <ichor/coroutines/FrameRecycler.h>
#include <ichor/event_queues/RealtimeThread.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <new>
#include <string>
#include <system_error>

#include <alloca.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>

namespace Ichor::Detail {

namespace {

constexpr std::size_t PAGE_BYTES = 4096;

// ---- The lock is the process's: it is taken with the first queue and given back with the last.

std::mutex lockMutex;
std::size_t locks = 0;         // guarded by lockMutex
bool isOtherwiseLocked = true; // guarded by lockMutex: by the program itself, which then keeps it

std::uint64_t lockedKilobytes() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        std::uint64_t kilobytes = 0;
        if (word == "VmLck:" && status >> kilobytes) return kilobytes;
    }
    return 0;
}

RealtimeShortfall lockShortfall(int error) {
    rlimit limit{};
    ::getrlimit(RLIMIT_MEMLOCK, &limit);
    std::string const kibibytes = limit.rlim_cur == RLIM_INFINITY ? "unlimited" : fmt::format("{} KiB", limit.rlim_cur / 1024);
    return {.subject = RealtimeShortfall::Subject::MEMORY_LOCK,
            .what = fmt::format("Locking the memory of the process was refused: {}. It has neither CAP_IPC_LOCK nor a sufficient limit "
                                "RLIMIT_MEMLOCK (it is {})",
                                std::system_category().message(error), kibibytes),
            .remedy = fmt::format(
                "  sudo setcap cap_sys_nice,cap_ipc_lock+ep {}\n"
                "  echo \"$USER - memlock unlimited\" | sudo tee -a /etc/security/limits.d/realtime.conf    # instead; log in again\n",
                programPath())};
}

// The compiler must not see that nobody reads what is written.
void touch(std::byte *memory, std::size_t bytes) noexcept {
    auto *at = static_cast<std::byte volatile *>(memory);
    for (std::size_t i = 0; i < bytes; i += PAGE_BYTES) at[i] = std::byte{1};
}

// What the stack of the calling thread has below this frame, however large it was made; the limit of the process says nothing of it.
std::size_t stackLeft() noexcept {
    pthread_attr_t attributes;
    if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return 0;
    void *lowest = nullptr;
    std::size_t size = 0;
    std::size_t guard = 0; // some versions of glibc count it in
    bool const isKnown = ::pthread_attr_getstack(&attributes, &lowest, &size) == 0 && ::pthread_attr_getguardsize(&attributes, &guard) == 0;
    ::pthread_attr_destroy(&attributes);
    auto const here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    auto const end = reinterpret_cast<std::uintptr_t>(lowest) + guard;
    return isKnown && here > end && here - end <= size ? here - end : 0;
}

} // namespace

MemoryLock::MemoryLock(std::vector<RealtimeShortfall> &shortfalls) {
    std::lock_guard guard(lockMutex);
    if (locks == 0) {
        isOtherwiseLocked = lockedKilobytes() > 0;
        if (::mlockall(MCL_CURRENT | MCL_FUTURE) != 0) {
            shortfalls.push_back(lockShortfall(errno));
            return;
        }
    }
    ++locks;
    _isCounted = true;
}

MemoryLock::~MemoryLock() {
    std::lock_guard guard(lockMutex);
    if (_isCounted && --locks == 0 && !isOtherwiseLocked) ::munlockall();
}

void touchStack(std::size_t bytes) noexcept {
    constexpr std::size_t KEPT = 32 * 1024; // for what is called from here, and for a signal's handler
    std::size_t const left = stackLeft();
    bytes = std::min(bytes, left > KEPT ? left - KEPT : 0);
    if (bytes == 0) return;
    touch(static_cast<std::byte *>(alloca(bytes)), bytes);
}

TouchedHeap::TouchedHeap(std::size_t bytes) {
    if (bytes == 0) return;
    // Small enough that malloc takes them from its store, and does not ask the system for each.
    constexpr std::size_t BLOCK_BYTES = 64 * 1024;
    std::vector<std::unique_ptr<std::byte[]>> blocks((bytes + BLOCK_BYTES - 1) / BLOCK_BYTES);
    for (auto &block : blocks) {
        block = std::make_unique_for_overwrite<std::byte[]>(BLOCK_BYTES);
        touch(block.get(), BLOCK_BYTES);
    }
    _stopper = std::make_unique_for_overwrite<std::byte[]>(PAGE_BYTES);
}

ReservedFrames::ReservedFrames(std::size_t ofEachSize) : _ofEachSize(ofEachSize) {
    std::vector<void *> frames(ofEachSize);
    FrameRecycler::raise(ofEachSize);
    for (std::size_t size = FrameRecycler::STEP; size <= FrameRecycler::LARGEST; size += FrameRecycler::STEP) {
        std::size_t made = 0;
        auto const giveBack = [&] {
            for (; made > 0; --made) FrameRecycler::deallocate(frames[made - 1], size);
        };
        try {
            for (; made < ofEachSize; ++made) frames[made] = FrameRecycler::allocate(size);
        } catch (std::bad_alloc const &) {
            giveBack();
            FrameRecycler::lower(ofEachSize);
            throw;
        }
        giveBack();
    }
}

ReservedFrames::~ReservedFrames() { FrameRecycler::lower(_ofEachSize); }

} // namespace Ichor::Detail
