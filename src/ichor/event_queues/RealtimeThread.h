#pragma once

#include <ichor/event_queues/RealtimeReport.h>
#include <ichor/event_queues/RealtimeSettings.h>

#include <optional>
#include <string>
#include <vector>

#include <sched.h>

namespace Ichor::Detail {

/// Of the program that runs, to be typed; PROGRAM where the system does not say.
[[nodiscard]] std::string programPath();

/// How it is told that SCHED_FIFO was refused with `error` to a process that has the right to it by the manual, or has not.
[[nodiscard]] RealtimeShortfall fifoRefused(int priority, int error, bool hasRight);

/// Gives the calling thread the processors and the scheduling of some settings, and afterwards those that it had before.
///
/// Threads:   the one that made it
class RealtimeThread {
public:
    /// What the system refuses is added to the shortfalls, and the rest is done.
    RealtimeThread(RealtimeSettings const &settings, std::vector<RealtimeShortfall> &shortfalls);
    RealtimeThread(RealtimeThread const &) = delete;
    RealtimeThread &operator=(RealtimeThread const &) = delete;
    ~RealtimeThread();

    /// The policy that was asked for was granted.
    [[nodiscard]] bool isScheduled() const noexcept { return _isScheduled; }

private:
    void setCpus(std::vector<unsigned> const &cpus, std::vector<RealtimeShortfall> &shortfalls);
    void setFifo(int priority, std::vector<RealtimeShortfall> &shortfalls);
    void setDeadline(DeadlineBudget const &budget, std::vector<RealtimeShortfall> &shortfalls);

    std::optional<cpu_set_t> _cpusBefore; // unset: not changed
    int _policyBefore = 0;
    sched_param _parameterBefore{};
    bool _isScheduled = false; // by us
    int _slackBefore = -1;     // -1 = not changed | in nanoseconds
};

} // namespace Ichor::Detail
