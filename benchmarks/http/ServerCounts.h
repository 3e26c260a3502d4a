#pragma once

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace Benchmarks {

/// System calls of processes, all threads together, as the kernel's trace point counts them, which slows them down by next to nothing.
///
/// Source:    perf_event_open(2)
class SystemCalls final {
public:
    struct Counts {
        std::uint64_t receiving = 0; // read, readv, recvfrom, recvmsg
        std::uint64_t sending = 0;   // write, writev, sendto, sendmsg
        std::uint64_t all = 0;

        friend Counts operator-(Counts const &after, Counts const &before) {
            return {after.receiving - before.receiving, after.sending - before.sending, after.all - before.all};
        }
    };

    SystemCalls() = default;
    SystemCalls(SystemCalls const &) = delete;
    SystemCalls &operator=(SystemCalls const &) = delete;
    ~SystemCalls() {
        for (auto const &events : _events) {
            for (int const fd : events) ::close(fd);
        }
    }

    /// Errors:    an errno: mostly a lack of privilege, or of tracefs
    [[nodiscard]] int watch(std::vector<int> const &pids) {
        for (int const pid : pids) {
            std::error_code ignored;
            for (auto const &task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", ignored)) {
                for (std::size_t i = 0; i < FILTERS.size(); ++i) {
                    if (int const error = open(std::stoi(task.path().filename()), i); error != 0) return error;
                }
            }
        }
        return 0;
    }

    [[nodiscard]] Counts read() const { return {sumOf(0), sumOf(1), sumOf(2)}; }

private:
    static_assert(SYS_read == 0, "the numbers below are those of x86-64");
    static constexpr std::array<char const *, 3> FILTERS{"id==0||id==19||id==45||id==47", "id==1||id==20||id==44||id==46", ""};

    [[nodiscard]] int open(int thread, std::size_t filter) {
        perf_event_attr attributes{};
        attributes.type = PERF_TYPE_TRACEPOINT;
        attributes.size = sizeof(attributes);
        for (char const *const folder : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"})
            std::ifstream(std::string(folder) + "/events/raw_syscalls/sys_enter/id") >> attributes.config;
        if (attributes.config == 0) return ENOENT;
        auto const fd = static_cast<int>(::syscall(SYS_perf_event_open, &attributes, thread, -1, -1, PERF_FLAG_FD_CLOEXEC));
        if (fd < 0) return errno;
        _events[filter].push_back(fd);
        if (*FILTERS[filter] == '\0' || ::ioctl(fd, PERF_EVENT_IOC_SET_FILTER, FILTERS[filter]) == 0) return 0;
        return errno;
    }

    [[nodiscard]] std::uint64_t sumOf(std::size_t filter) const {
        std::uint64_t sum = 0;
        for (int const fd : _events[filter]) {
            std::uint64_t count = 0;
            if (::read(fd, &count, sizeof(count)) == sizeof(count)) sum += count;
        }
        return sum;
    }

    std::array<std::vector<int>, FILTERS.size()> _events;
};

/// Allocations of a process that runs with http_allocations.so, which counts them in a file.
class Allocations final {
public:
    Allocations() = default;
    Allocations(Allocations const &) = delete;
    Allocations &operator=(Allocations const &) = delete;
    ~Allocations() {
        if (_count != nullptr) ::munmap(const_cast<std::atomic<std::uint64_t> *>(_count), sizeof(*_count));
    }

    /// Errors:    an errno
    [[nodiscard]] int watch(char const *file) {
        int const fd = ::open(file, O_RDONLY | O_CLOEXEC);
        if (fd < 0) return errno;
        void *const memory = ::mmap(nullptr, sizeof(*_count), PROT_READ, MAP_SHARED, fd, 0);
        int const error = memory == MAP_FAILED ? errno : 0;
        ::close(fd);
        if (error == 0) _count = static_cast<std::atomic<std::uint64_t> const *>(memory);
        return error;
    }

    [[nodiscard]] std::uint64_t read() const { return _count == nullptr ? 0 : _count->load(); }

private:
    std::atomic<std::uint64_t> const *_count = nullptr;
};

} // namespace Benchmarks
