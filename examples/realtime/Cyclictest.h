#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

/// cyclictest of the package rt-tests, run beside a program of ours: the same interval, priority and processor.
class Cyclictest {
public:
    /// Starts it, if it is installed.
    Cyclictest(std::uint64_t cycles, std::uint64_t intervalMicroseconds, int priority, std::optional<unsigned> cpu);
    Cyclictest(Cyclictest const &) = delete;
    Cyclictest &operator=(Cyclictest const &) = delete;
    ~Cyclictest();

    /// Has it end now, with what it has measured.
    void stop() noexcept;
    /// Waits for its end. In a line, as our histograms print themselves, or why there is none.
    [[nodiscard]] std::string summary();

private:
    pid_t _child = -1;
    int _output = -1;
};
