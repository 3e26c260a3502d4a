// Runs a fixed amount of work under SCHED_FIFO and says which runs took too long; or wakes every millisecond and says how late.

#include "Cyclictest.h"
#include "SpeechKernel.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <ctime>
#include <fmt/format.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/RealtimeQueue.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/StdoutLogger.h>
#include <ichor/services/timer/TimerFactory.h>
#include <optional>
#include <thread>
#include <vector>

#include <sched.h>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct Options {
    std::uint64_t iterations{20'000};
    std::uint64_t maximum{2'000};
    int priority{20};
    std::optional<unsigned> cpu;
    std::uint64_t cycles{0};
    std::uint64_t interval{1'000};
    bool isBusy{false};
    bool isBestEffort{false};
    bool isLoaded{false};
};
Options options;

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
    return text;
}

std::uint64_t microseconds(Duration time) { return static_cast<std::uint64_t>(time.count()) / 1'000; }

Duration processorTime() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

/// What the runs took; its memory is taken before the first one.
class RunTimes {
public:
    void reserve() { _late.reserve(options.iterations); }

    void add(std::uint64_t run, Duration took, Duration heldBack) {
        _least = std::min(_least, took);
        _most = std::max(_most, took);
        _total += took;
        ++_count;
        if (microseconds(took) > options.maximum) _late.push_back({.run = run, .took = took, .heldBack = heldBack});
    }

    void print(std::optional<RtThrottling> const &throttling) const {
        std::size_t throttled = 0;
        for (Late const &late : _late) {
            fmt::print("duration of run {} is {} µs which exceeded maximum of {} µs\n", grouped(late.run), grouped(microseconds(late.took)),
                       grouped(options.maximum));
            if (throttling && throttling->explains(late.heldBack)) ++throttled;
        }
        if (throttled > 0) {
            fmt::print("{} of these {} look like RT throttling: the thread was held back for about {} µs, while it wanted to run\n",
                       grouped(throttled), grouped(_late.size()), grouped(microseconds(throttling->pause())));
        }
        if (_count == 0) return;
        fmt::print("duration min/max/avg: {}/{}/{} µs\n", grouped(microseconds(_least)), grouped(microseconds(_most)),
                   grouped(microseconds(_total / static_cast<std::int64_t>(_count))));
    }

private:
    struct Late {
        std::uint64_t run;
        Duration took;
        Duration heldBack; // wanted to run, and could not
    };

    std::vector<Late> _late;
    Duration _least = Duration::max();
    Duration _most{};
    Duration _total{};
    std::uint64_t _count = 0;
};
RunTimes runTimes;
LatencyHistogram lateness;
bool hasRunAllCycles = false; // no signal has ended them before their time

struct ICodec {
    virtual ~ICodec() = default;
    virtual std::uint32_t code() = 0;
};
struct IRecorder {
    virtual ~IRecorder() = default;
    virtual void record(std::uint64_t run, Duration took, Duration heldBack) = 0;
};

class Codec final : public ICodec {
public:
    std::uint32_t code() override { return _kernel.run(); }

private:
    SpeechKernel _kernel;
};

class Recorder final : public IRecorder {
public:
    void record(std::uint64_t run, Duration took, Duration heldBack) override { runTimes.add(run, took, heldBack); }
};

struct NextRun final : EventOf<NextRun> {
    explicit NextRun(std::uint64_t n) noexcept : number(n) {}
    std::uint64_t number;
};

/// Begins when it has its logger, which it requires, and both services that are optional. Each run is an event.
class Runner final : public AdvancedService<Runner> {
public:
    Runner(DependencyRegister &reg, Properties properties) : AdvancedService(std::move(properties)) {
        reg.registerDependency<ILogger>(this, DependencyFlags::REQUIRED);
        reg.registerDependency<ICodec>(this, DependencyFlags::NONE);
        reg.registerDependency<IRecorder>(this, DependencyFlags::NONE);
    }

private:
    Task<Expected<void, StartError>> start() override {
        _handler = getManager().registerEventHandler<NextRun>(this, *this);
        _isStarted = true;
        beginWhenComplete();
        co_return {};
    }
    Task<void> stop() override {
        _handler = {};
        co_return;
    }

    void addDependencyInstance(ILogger &logger, IService &) { _logger = &logger; }
    void removeDependencyInstance(ILogger &, IService &) { _logger = nullptr; }
    void addDependencyInstance(ICodec &codec, IService &) {
        _codec = &codec;
        beginWhenComplete();
    }
    void removeDependencyInstance(ICodec &, IService &) { _codec = nullptr; }
    void addDependencyInstance(IRecorder &recorder, IService &) {
        _recorder = &recorder;
        beginWhenComplete();
    }
    void removeDependencyInstance(IRecorder &, IService &) { _recorder = nullptr; }
    friend DependencyRegister;

public:
    void handleEvent(NextRun const &event) {
        if (_codec == nullptr || _recorder == nullptr) return; // one of them has gone: the program is about to end
        Duration const processorBefore = processorTime();
        TimePoint const before = std::chrono::steady_clock::now();
        std::uint32_t const sum = _codec->code();
        Duration const took = std::chrono::steady_clock::now() - before;
        _recorder->record(event.number, took, took - (processorTime() - processorBefore));
        if (event.number == 1) _sum = sum;
        if (sum != _sum) _logger->error("run {} coded something else than the first", event.number);
        IEventQueue &queue = getManager().getEventQueue();
        if (event.number < options.iterations) {
            queue.pushEvent<NextRun>(getServiceId(), event.number + 1);
        } else {
            queue.pushEvent<QuitEvent>(getServiceId());
        }
    }

private:
    void beginWhenComplete() {
        if (!_isStarted || _codec == nullptr || _recorder == nullptr) return;
        _logger->info("{} runs begin", grouped(options.iterations));
        getManager().getEventQueue().pushEvent<NextRun>(getServiceId(), 1U);
    }

    ILogger *_logger = nullptr;
    ICodec *_codec = nullptr;
    IRecorder *_recorder = nullptr;
    EventHandlerRegistration _handler;
    std::uint32_t _sum = 0;
    bool _isStarted = false;
};

/// Wakes at each interval, and records how late.
class Waker final {
public:
    Waker(ITimerFactory &timers, IEventQueue &queue, IService &self) : _timer(timers.createTimer()) {
        _timer.setInterval(std::chrono::microseconds(options.interval));
        _timer.setCallback([this, &queue, &self](TimerTick const &tick) {
            // From the first of the ticks that this one stands for, as cyclictest counts.
            lateness.record(std::chrono::steady_clock::now() - tick.due +
                            static_cast<std::int64_t>(tick.missed) * std::chrono::microseconds(options.interval));
            _cycles += 1 + tick.missed;
            if (_cycles < options.cycles) return;
            hasRunAllCycles = true;
            _timer.stop();
            queue.pushEvent<QuitEvent>(self.getServiceId());
        });
        _timer.start();
    }

private:
    Timer _timer;
    std::uint64_t _cycles = 0;
};

/// Keeps the other processors busy, with ordinary threads.
class Load final {
public:
    Load() {
        for (unsigned cpu = 0; cpu < std::thread::hardware_concurrency(); ++cpu) {
            if (cpu != options.cpu) _threads.emplace_back([this, cpu] { work(cpu); });
        }
    }
    Load(Load const &) = delete;
    Load &operator=(Load const &) = delete;
    ~Load() {
        _isOver = true;
        for (std::thread &thread : _threads) thread.join();
    }

private:
    void work(unsigned cpu) const {
        cpu_set_t cpus;
        CPU_ZERO(&cpus);
        CPU_SET(cpu, &cpus);
        ::sched_setaffinity(0, sizeof(cpus), &cpus);
        SpeechKernel kernel;
        while (!_isOver) static_cast<void>(kernel.run());
    }

    std::atomic<bool> _isOver{false};
    std::vector<std::thread> _threads;
};

RealtimeSettings settings() {
    RealtimeSettings settings;
    settings.realtime = options.isBestEffort ? Realtime::BestEffort : Realtime::Required;
    settings.priority = options.priority;
    if (options.cpu) settings.cpus = {*options.cpu};
    if (options.isBusy) settings.whenIdle = WhenIdle::BUSY_POLL;
    settings.onWarning = [](std::string_view text) { fmt::print(stderr, "Running without all of realtime.\n{}", text); };
    return settings;
}

int run() {
    RealtimeQueue queue(settings());
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<LoggerFactory<StdoutLogger>, ILoggerFactory>();
    std::optional<Cyclictest> cyclictest;
    std::optional<Load> load;
    if (options.isLoaded) load.emplace();
    if (options.cycles > 0) {
        dm.createServiceManager<TimerFactory, ITimerFactory>();
        dm.createServiceManager<Waker>();
        cyclictest.emplace(options.cycles, options.interval, options.priority, options.cpu);
    } else {
        runTimes.reserve();
        dm.createServiceManager<Codec, ICodec>();
        dm.createServiceManager<Recorder, IRecorder>();
        dm.createServiceManager<Runner>();
    }
    int const status = queue.start(CaptureSigInt);
    if (queue.report().throttling) fmt::print("{}\n", queue.report().throttling->toString());
    runTimes.print(queue.report().throttling);
    if (cyclictest) {
        fmt::print("lateness:   {}\n", lateness.summary().toString());
        if (!hasRunAllCycles) cyclictest->stop();
        fmt::print("cyclictest: {}\n", cyclictest->summary());
        fmt::print("as the queue's own histogram has it: {}\n", queue.timerLateness().summary().toString());
    }
    return status;
}

} // namespace

int main(int argc, char **argv) {
    CLI::App app{
        "Runs a fixed amount of work under SCHED_FIFO and says which runs took too long. Needs root, or the rights that it names."};
    app.add_option("-n,--iterations", options.iterations, "how many runs")->check(CLI::Range(1UL, 100'000'000UL))->capture_default_str();
    app.add_option("-m,--maximum", options.maximum, "what a run may take, in microseconds")->capture_default_str();
    app.add_option("-p,--priority", options.priority, "of SCHED_FIFO")->check(CLI::Range(1, 99))->capture_default_str();
    app.add_option("-c,--cpu", options.cpu, "the processor to run on; unless given, the last one")->check(CLI::Range(0U, 1023U));
    app.add_flag("-b,--busy-poll", options.isBusy, "never sleep");
    app.add_option("--periodic", options.cycles, "instead: wake so many times, and print how late, beside cyclictest");
    app.add_option("--interval", options.interval, "of the wake-ups, in microseconds")
        ->check(CLI::Range(50UL, 10'000'000UL))
        ->capture_default_str();
    app.add_flag("--load", options.isLoaded, "keep the other processors busy meanwhile");
    app.add_flag("--best-effort", options.isBestEffort, "go on without what the system refuses");
    CLI11_PARSE(app, argc, argv);
    if (!options.cpu) options.cpu = std::max(1U, std::thread::hardware_concurrency()) - 1;
    try {
        return run();
    } catch (RealtimeUnavailable const &refused) {
        fmt::print(stderr, "{}\nOr run it with --best-effort, to see it without.\n", refused.what());
        return 1;
    } catch (std::exception const &error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
