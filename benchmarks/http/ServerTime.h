#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include <unistd.h>

namespace Benchmarks {

/// Processor time of processes, all threads together, as the kernel counts it.
///
/// Source:    proc(5): /proc/PID/task/TID/schedstat (nanoseconds), and stat for the share of user mode (clock ticks)
struct ServerTime {
    std::uint64_t nanoseconds = 0;
    std::uint64_t userNanoseconds = 0;

    [[nodiscard]] static ServerTime of(std::vector<int> const &pids) {
        ServerTime sum;
        for (int const pid : pids) {
            std::error_code ignored;
            for (auto const &task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", ignored))
                sum.add(task.path());
        }
        return sum;
    }

    friend ServerTime operator-(ServerTime const &after, ServerTime const &before) {
        return {after.nanoseconds - before.nanoseconds, after.userNanoseconds - before.userNanoseconds};
    }

private:
    void add(std::filesystem::path const &task) {
        std::uint64_t running = 0;
        std::ifstream(task / "schedstat") >> running;
        nanoseconds += running;
        std::string text;
        std::getline(std::ifstream(task / "stat"), text);
        // The 14th field; the second one is a name in brackets, with whatever in it.
        std::size_t at = text.rfind(')');
        for (int field = 2; field < 14 && at != std::string::npos; ++field) at = text.find(' ', at + 1);
        if (at == std::string::npos) return;
        userNanoseconds +=
            std::strtoull(text.c_str() + at, nullptr, 10) * (1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)));
    }
};

} // namespace Benchmarks
