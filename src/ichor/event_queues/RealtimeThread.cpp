#include <ichor/event_queues/RealtimeThread.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace Ichor::Detail {

namespace {

// As the kernel defines it; the C library of Debian 12 has neither this nor a function for it.
struct SchedulingAttributes {
    std::uint32_t size;
    std::uint32_t policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime; // this and the next two in nanoseconds
    std::uint64_t deadline;
    std::uint64_t period;
};
constexpr std::uint32_t DEADLINE_POLICY = 6;

std::string textOf(int error) { return std::system_category().message(error); }

std::string limitText(int resource) {
    rlimit limit{};
    if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) return "unknown";
    return limit.rlim_cur == RLIM_INFINITY ? "unlimited" : fmt::format("{}", limit.rlim_cur);
}

std::string listOf(std::vector<unsigned> const &cpus) {
    std::string list;
    for (unsigned cpu : cpus) list += fmt::format("{}{}", list.empty() ? "" : ",", cpu);
    return list;
}

bool hasCapability(unsigned capability) {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    return ::syscall(SYS_capget, &header, sets.data()) == 0 && (sets[capability / 32].effective >> capability % 32 & 1U) != 0;
}

// As the manual says; the kernel may know more reasons to refuse it.
bool mayBeFifo(int priority) {
    rlimit limit{};
    bool const isWithinLimit = ::getrlimit(RLIMIT_RTPRIO, &limit) == 0 && limit.rlim_cur >= static_cast<rlim_t>(priority);
    return isWithinLimit || hasCapability(CAP_SYS_NICE);
}

} // namespace

std::string programPath() {
    std::array<char, 1024> path{};
    ssize_t const length = ::readlink("/proc/self/exe", path.data(), path.size());
    return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : "PROGRAM";
}

RealtimeShortfall fifoRefused(int priority, int error, bool hasRight) {
    std::string const refused = fmt::format("SCHED_FIFO with priority {} was refused: {}.", priority, textOf(error));
    if (hasRight) {
        return {.subject = RealtimeShortfall::Subject::SCHEDULING,
                .what = refused + " The process has CAP_SYS_NICE or a sufficient limit RLIMIT_RTPRIO, so its control group has no realtime "
                                  "budget (a kernel with CONFIG_RT_GROUP_SCHED), or its container has a user namespace of its own",
                .remedy =
                    "  cat /proc/self/cgroup    # the group that it is in; below: GROUP\n"
                    "  echo 950000 | sudo tee /sys/fs/cgroup/cpu/GROUP/cpu.rt_runtime_us    # version 1 of cgroups, its parents first\n"
                    "  echo $$ | sudo tee /sys/fs/cgroup/cgroup.procs    # instead, version 2: only the root group has a budget\n"
                    "  docker run --cpu-rt-runtime=950000 --cap-add SYS_NICE …    # instead, in a container\n"};
    }
    return {.subject = RealtimeShortfall::Subject::SCHEDULING,
            .what = fmt::format("{} The process has neither CAP_SYS_NICE nor a limit RLIMIT_RTPRIO of at least {} (it is {})", refused,
                                priority, limitText(RLIMIT_RTPRIO)),
            .remedy =
                fmt::format("  sudo setcap cap_sys_nice,cap_ipc_lock+ep {}\n"
                            "  echo \"$USER - rtprio {}\" | sudo tee -a /etc/security/limits.d/realtime.conf    # instead; log in again\n",
                            programPath(), priority)};
}

RealtimeThread::RealtimeThread(RealtimeSettings const &settings, std::vector<RealtimeShortfall> &shortfalls)
    : _policyBefore(::sched_getscheduler(0)) {
    ::sched_getparam(0, &_parameterBefore);
    // Timers of other threads may be late by 50 us, so that the system can collect them; realtime ones never are.
    int const slack = ::prctl(PR_GET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL);
    if (slack > 1 && ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL) == 0) _slackBefore = slack;
    // First where, then how urgent: the other way round it could hold up a processor that it was never to run on.
    if (!settings.cpus.empty()) setCpus(settings.cpus, shortfalls);
    if (settings.deadlineBudget) {
        setDeadline(*settings.deadlineBudget, shortfalls);
    } else {
        setFifo(settings.priority, shortfalls);
    }
}

RealtimeThread::~RealtimeThread() {
    // A thread with no more right than a limit may give up its policy, but not that its children start without it.
    if (_isScheduled && ::sched_setscheduler(0, _policyBefore, &_parameterBefore) != 0) {
        ::sched_setscheduler(0, _policyBefore | SCHED_RESET_ON_FORK, &_parameterBefore);
    }
    if (_cpusBefore) ::sched_setaffinity(0, sizeof(cpu_set_t), &*_cpusBefore);
    if (_slackBefore > 0) ::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(_slackBefore), 0UL, 0UL, 0UL);
}

void RealtimeThread::setCpus(std::vector<unsigned> const &cpus, std::vector<RealtimeShortfall> &shortfalls) {
    cpu_set_t wanted;
    CPU_ZERO(&wanted);
    for (unsigned cpu : cpus) CPU_SET(cpu, &wanted);
    cpu_set_t before;
    if (::sched_getaffinity(0, sizeof(before), &before) == 0 && ::sched_setaffinity(0, sizeof(wanted), &wanted) == 0) {
        _cpusBefore = before;
        // The kernel drops processors that are offline or forbidden without a word.
        cpu_set_t granted;
        if (::sched_getaffinity(0, sizeof(granted), &granted) == 0 && CPU_EQUAL(&granted, &wanted) != 0) return;
        errno = EINVAL;
    }
    shortfalls.push_back({.subject = RealtimeShortfall::Subject::CPU_SET,
                          .what = fmt::format("The processors {} were refused: {}", listOf(cpus), textOf(errno)),
                          .remedy =
                              "  nproc; cat /sys/devices/system/cpu/online    # those that there are\n"
                              "  grep Cpus_allowed_list /proc/self/status     # those that this process may use: cpuset, container\n"});
}

void RealtimeThread::setFifo(int priority, std::vector<RealtimeShortfall> &shortfalls) {
    sched_param const parameter{.sched_priority = priority};
    if (::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameter) == 0) {
        _isScheduled = true;
        return;
    }
    shortfalls.push_back(fifoRefused(priority, errno, mayBeFifo(priority)));
}

void RealtimeThread::setDeadline(DeadlineBudget const &budget, std::vector<RealtimeShortfall> &shortfalls) {
    SchedulingAttributes attributes{};
    attributes.size = sizeof(attributes);
    attributes.policy = DEADLINE_POLICY;
    attributes.flags = 1; // SCHED_FLAG_RESET_ON_FORK: without it such a thread could not start another
    attributes.runtime = static_cast<std::uint64_t>(budget.runtime.count());
    attributes.deadline = static_cast<std::uint64_t>(budget.deadline.count());
    attributes.period = static_cast<std::uint64_t>(budget.period.count());
    if (::syscall(SYS_sched_setattr, 0, &attributes, 0U) == 0) {
        _isScheduled = true;
        return;
    }
    int const error = errno;
    std::string why = textOf(error);
    if (error == EBUSY) why += " (the processors have promised too much to others: sched_rt_runtime_us)";
    if (error == EPERM) why += " (it needs CAP_SYS_NICE, and a thread that may run on all processors)";
    shortfalls.push_back(
        {.subject = RealtimeShortfall::Subject::SCHEDULING,
         .what = fmt::format("SCHED_DEADLINE with {} ns in each {} ns was refused: {}", budget.runtime.count(), budget.period.count(), why),
         .remedy = fmt::format("  sudo setcap cap_sys_nice,cap_ipc_lock+ep {}\n", programPath())});
}

} // namespace Ichor::Detail
