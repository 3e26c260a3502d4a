#pragma once

#include <ichor/base/Time.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace Ichor {

/// What the system refused to a realtime queue.
struct RealtimeShortfall {
    enum class Subject : std::uint8_t { SCHEDULING, CPU_SET, MEMORY_LOCK };

    Subject subject{};
    std::string what;   ///< was asked for and refused, and how the system put it
    std::string remedy; ///< the commands, a line each, that grant it
};

/// How much of each period the kernel leaves to realtime threads, of all processors' time: sched_rt_runtime_us and sched_rt_period_us.
struct RtThrottling {
    std::optional<Duration> runtime{}; // unset: they may use it all
    Duration period{};

    /// What /proc says now; nothing when it cannot be read.
    [[nodiscard]] static std::optional<RtThrottling> read();

    /// How long realtime threads are held back in a period that they would have filled; zero: never.
    [[nodiscard]] Duration pause() const noexcept;

    /// Whether a thread that wanted to run and for so long could not was probably held back by this.
    [[nodiscard]] bool explains(Duration heldBack) const noexcept;

    /// In a sentence.
    [[nodiscard]] std::string toString() const;
};

/// What became of the settings of a realtime queue.
struct RealtimeReport {
    std::vector<RealtimeShortfall> shortfalls{};
    std::optional<RtThrottling> throttling{};

    [[nodiscard]] bool isComplete() const noexcept { return shortfalls.empty(); }

    /// For people: what is missing and the commands that grant it, then the throttling. Lines end with a newline.
    [[nodiscard]] std::string toString() const;
};

/// A realtime queue with Realtime::Required was refused something. what() says what, and the commands that grant it.
class RealtimeUnavailable : public std::runtime_error {
public:
    explicit RealtimeUnavailable(RealtimeReport report);
    [[nodiscard]] RealtimeReport const &report() const noexcept { return _report; }

private:
    RealtimeReport _report;
};

} // namespace Ichor
