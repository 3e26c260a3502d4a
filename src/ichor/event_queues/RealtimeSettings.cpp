#include <ichor/event_queues/RealtimeSettings.h>

#include <ichor/model/Properties.h>

#include <charconv>
#include <limits>
#include <string>

#include <fmt/format.h>

#include <sched.h>

namespace Ichor {

namespace {

constexpr std::uint64_t MOST_CPUS = CPU_SETSIZE;
constexpr std::size_t MOST_EVENT_BYTES = 64 * 1024;
constexpr std::size_t MOST_DEADLINES = 1024 * 1024;
constexpr std::size_t MOST_TIMERS_OR_COROUTINES = 256 * 1024;
constexpr std::size_t MOST_STORE_BYTES = std::size_t{16} * 1024 * 1024 * 1024;

struct Range {
    std::uint64_t first;
    std::uint64_t last;
};

// "3" or "2-5"
std::optional<Range> rangeIn(std::string_view text) {
    Range range{};
    char const *end = text.data() + text.size();
    auto read = std::from_chars(text.data(), end, range.first);
    range.last = range.first;
    if (read.ec == std::errc{} && read.ptr != end && *read.ptr == '-') read = std::from_chars(read.ptr + 1, end, range.last);
    if (read.ec != std::errc{} || read.ptr != end || range.last < range.first) return std::nullopt;
    return range;
}

// Calls `take` for each range of a list like "0,2-5"; false: it is no such list, or `take` said no.
template <class Take>
bool forEachRange(std::string_view list, Take take) {
    while (!list.empty()) {
        std::size_t const comma = list.find(',');
        auto const range = rangeIn(list.substr(0, comma));
        if (!range || !take(*range)) return false;
        if (comma == std::string_view::npos) return true;
        list.remove_prefix(comma + 1);
        if (list.empty()) return false;
    }
    return true;
}

class Reader {
public:
    explicit Reader(Properties const &properties) noexcept : _properties(properties) {}

    template <class T>
    void read(std::string_view key, T &into) {
        if (_error || !_properties.contains(key)) return;
        if (auto value = _properties.get<T>(key)) {
            into = *std::move(value);
        } else {
            _error.emplace(value.error().message());
        }
    }

    void fail(std::string_view key, std::string_view value, std::string_view expected) {
        if (!_error) _error.emplace(fmt::format("property \"{}\" is \"{}\", but {} was expected", key, value, expected));
    }

    std::optional<StartError> const &error() const noexcept { return _error; }

private:
    Properties const &_properties;
    std::optional<StartError> _error;
};

void readMode(Reader &reader, Realtime &mode) {
    std::string text = mode == Realtime::Required ? "Required" : "BestEffort";
    reader.read("Realtime", text);
    mode = text == "Required" ? Realtime::Required : Realtime::BestEffort;
    if (text != "Required" && text != "BestEffort") reader.fail("Realtime", text, "\"Required\" or \"BestEffort\"");
}

void readCpus(Reader &reader, std::vector<unsigned> &cpus) {
    std::string list;
    reader.read("Cpus", list);
    bool const isGood = forEachRange(list, [&](Range range) {
        if (range.last >= MOST_CPUS) return false;
        for (std::uint64_t cpu = range.first; cpu <= range.last; ++cpu) cpus.push_back(static_cast<unsigned>(cpu));
        return true;
    });
    if (!isGood) reader.fail("Cpus", list, "a list of processors below 1024 like \"0,2-3\"");
}

void readPriorities(Reader &reader, std::vector<Priority> &priorities) {
    std::string list;
    reader.read("Priorities", list);
    bool const isGood = forEachRange(list, [&](Range range) {
        if (range.first != range.last) return false;
        priorities.push_back(Priority{range.first});
        return true;
    });
    if (!isGood) reader.fail("Priorities", list, "a list of priorities like \"10,500\"");
}

void readPriority(Reader &reader, std::string_view key, Priority &into) {
    std::uint64_t priority = into.value;
    reader.read(key, priority);
    into = Priority{priority};
}

void readBudget(Reader &reader, std::optional<DeadlineBudget> &into) {
    DeadlineBudget budget;
    reader.read("DeadlineRuntime", budget.runtime);
    reader.read("DeadlineDeadline", budget.deadline);
    reader.read("DeadlinePeriod", budget.period);
    if (budget.runtime == Duration::zero() && budget.deadline == Duration::zero() && budget.period == Duration::zero()) return;
    if (budget.deadline == Duration::zero()) budget.deadline = budget.period;
    into = budget;
}

template <class E>
std::optional<std::string> refusal(E const &settings) {
    if (settings.priority < 1 || settings.priority > 99)
        return fmt::format("Priority is {}, but SCHED_FIFO has 1 to 99", settings.priority);
    for (unsigned cpu : settings.cpus) {
        if (cpu >= MOST_CPUS) return fmt::format("Cpus has {}, but processors are below {}", cpu, MOST_CPUS);
    }
    if (settings.capacity == 0) return "Capacity is 0, and such a queue would take no event";
    if (settings.eventBytes == 0 || settings.eventBytes > MOST_EVENT_BYTES)
        return fmt::format("EventBytes is {}, but 1 to {} was expected", settings.eventBytes, MOST_EVENT_BYTES);
    if (settings.capacity > MOST_STORE_BYTES / settings.eventBytes)
        return fmt::format("Capacity times EventBytes is more than the {} bytes that a queue may take", MOST_STORE_BYTES);
    if (settings.deadlineCapacity > MOST_DEADLINES)
        return fmt::format("DeadlineCapacity is {}, but at most {} was expected", settings.deadlineCapacity, MOST_DEADLINES);
    if (settings.timers > MOST_TIMERS_OR_COROUTINES)
        return fmt::format("Timers is {}, but at most {} was expected", settings.timers, MOST_TIMERS_OR_COROUTINES);
    if (settings.coroutines > MOST_TIMERS_OR_COROUTINES)
        return fmt::format("Coroutines is {}, but at most {} was expected", settings.coroutines, MOST_TIMERS_OR_COROUTINES);
    if (!settings.deadlineBudget) return std::nullopt;
    DeadlineBudget const &budget = *settings.deadlineBudget;
    if (budget.runtime <= Duration::zero() || budget.runtime > budget.deadline || budget.deadline > budget.period)
        return "a deadline budget needs 0 < DeadlineRuntime <= DeadlineDeadline <= DeadlinePeriod";
    if (!settings.cpus.empty())
        return "a deadline budget and Cpus exclude each other: the kernel moves such a thread between all processors";
    return std::nullopt;
}

} // namespace

Expected<RealtimeSettings, StartError> RealtimeSettings::from(Properties const &properties) {
    RealtimeSettings settings;
    Reader reader(properties);
    readMode(reader, settings.realtime);
    reader.read("Priority", settings.priority);
    readCpus(reader, settings.cpus);
    readBudget(reader, settings.deadlineBudget);
    bool isBusy = false;
    reader.read("BusyPoll", isBusy);
    if (isBusy) settings.whenIdle = WhenIdle::BUSY_POLL;
    reader.read("LockMemory", settings.isMemoryLocked);
    reader.read("StackBytes", settings.stackBytes);
    reader.read("HeapBytes", settings.heapBytes);
    reader.read("Capacity", settings.capacity);
    reader.read("EventBytes", settings.eventBytes);
    readPriorities(reader, settings.priorities);
    reader.read("Timers", settings.timers);
    reader.read("Coroutines", settings.coroutines);
    reader.read("DeadlineCapacity", settings.deadlineCapacity);
    readPriority(reader, "DeadlinePriority", settings.deadlinePriority);
    readPriority(reader, "UrgentBelow", settings.urgentBelow);
    reader.read("MeasureLatency", settings.isLatencyMeasured);
    if (reader.error()) return unexpected<StartError>(*reader.error());
    if (auto checked = settings.check(); !checked) return unexpected<StartError>(checked.error());
    return settings;
}

Expected<void, StartError> RealtimeSettings::check() const {
    if (auto reason = refusal(*this)) return unexpected<StartError>(StartError{*std::move(reason)});
    return {};
}

} // namespace Ichor
