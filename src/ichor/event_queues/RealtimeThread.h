#pragma once

#include <ichor/event_queues/RealtimeReport.h>
#include <ichor/event_queues/RealtimeSettings.h>

#include <optional>
#include <vector>

#include <sched.h>

namespace Ichor::Detail {

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
