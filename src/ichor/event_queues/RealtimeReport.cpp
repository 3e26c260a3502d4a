#include <ichor/event_queues/RealtimeReport.h>

#include <fstream>
#include <utility>

#include <fmt/format.h>

namespace Ichor {

namespace {

std::optional<std::int64_t> numberIn(char const *path) {
    std::ifstream file(path);
    std::int64_t number = 0;
    if (!(file >> number)) return std::nullopt;
    return number;
}

} // namespace

std::optional<RtThrottling> RtThrottling::read() {
    auto const runtime = numberIn("/proc/sys/kernel/sched_rt_runtime_us");
    auto const period = numberIn("/proc/sys/kernel/sched_rt_period_us");
    if (!runtime || !period || *period <= 0) return std::nullopt;
    RtThrottling throttling;
    throttling.period = std::chrono::microseconds(*period);
    if (*runtime >= 0) throttling.runtime = std::chrono::microseconds(*runtime);
    return throttling;
}

Duration RtThrottling::pause() const noexcept {
    if (!runtime || *runtime >= period) return Duration::zero();
    return period - *runtime;
}

bool RtThrottling::explains(Duration heldBack) const noexcept {
    // The kernel counts in ticks, and other delays come on top: what is shorter than those cannot be told from them.
    constexpr Duration LEAST = std::chrono::microseconds(100);
    Duration const expected = pause();
    return expected >= LEAST && heldBack >= expected / 2 && heldBack <= 2 * expected;
}

std::string RtThrottling::toString() const {
    auto const microseconds = [](Duration time) { return std::chrono::duration_cast<std::chrono::microseconds>(time).count(); };
    if (!runtime) return "RT throttling is off (sched_rt_runtime_us is -1): a realtime thread may take a processor for ever";
    if (pause() == Duration::zero()) return "RT throttling leaves realtime threads all of each period";
    return fmt::format(
        "RT throttling is on: realtime threads get {} us of each {} us (sched_rt_runtime_us), and may be held back for {} us",
        microseconds(*runtime), microseconds(period), microseconds(pause()));
}

std::string RealtimeReport::toString() const {
    std::string text;
    for (RealtimeShortfall const &shortfall : shortfalls) text += fmt::format("{}\nTo grant it:\n{}", shortfall.what, shortfall.remedy);
    if (throttling) text += throttling->toString() + '\n';
    return text;
}

RealtimeUnavailable::RealtimeUnavailable(RealtimeReport report)
    : std::runtime_error("the realtime queue did not start, since realtime is required and was refused:\n" + report.toString()),
      _report(std::move(report)) {}

} // namespace Ichor
