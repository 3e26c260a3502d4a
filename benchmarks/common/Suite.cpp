#include "Suite.h"

#include "ChildProcess.h"

#include <cmath>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace Benchmarks {

namespace {

#if defined(__clang__)
constexpr char const *COMPILER = __VERSION__; // says "Clang" by itself
#else
constexpr char const *COMPILER = "g++ " __VERSION__;
#endif

// 1234567 -> "1,234,567"
std::string grouped(double number) {
    std::string digits = fmt::format("{:.0f}", number);
    for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, 1, ',');
    return digits;
}

Measurement runOnThisThread(std::uint64_t operations, std::function<void()> const &work) {
    auto const begin = Clock::now();
    work();
    return {.operations = operations, .nanoseconds = nanosecondsSince(begin), .figures = {}, .part = {}};
}

Measurement runOnManyThreads(std::uint64_t operations, std::function<void()> const &work) {
    std::mutex mutex;
    std::exception_ptr failure; // guarded by mutex
    std::vector<std::thread> threads;
    auto const begin = Clock::now();
    for (unsigned i = 0; i < MANY_THREADS; ++i) {
        threads.emplace_back([&] {
            try {
                work();
            } catch (...) {
                std::lock_guard const lock{mutex};
                failure = std::current_exception();
            }
        });
    }
    for (std::thread &thread : threads) thread.join();
    Measurement measured{.operations = operations * MANY_THREADS, .nanoseconds = nanosecondsSince(begin), .figures = {}, .part = {}};
    if (failure) std::rethrow_exception(failure);
    return measured;
}

// What the machine gives to two at once that share nothing: the measure of what threads of one process lose to each other.
Measurement runInTwoProcesses(std::uint64_t operations, std::function<void()> const &work) {
    auto const begin = Clock::now();
    pid_t const other = ::fork();
    require(other >= 0, "no second process");
    if (other == 0) {
        try {
            work();
        } catch (...) {
            ::_exit(1);
        }
        ::_exit(0);
    }
    std::exception_ptr failure;
    try {
        work();
    } catch (...) {
        failure = std::current_exception();
    }
    int status = 0;
    pid_t const ended = ::waitpid(other, &status, 0);
    Measurement measured{.operations = operations * 2, .nanoseconds = nanosecondsSince(begin), .figures = {}, .part = {}};
    if (failure) std::rethrow_exception(failure);
    require(ended == other && status == 0, "the second process failed");
    return measured;
}

} // namespace

Suite::Suite(Description description, int argc, char **argv)
    : _description(std::move(description)), _options(Options::parse(argc, argv)),
      _count(_options.count != 0 ? _options.count : _description.defaultCount) {}

void Suite::measure(std::string_view part, std::uint64_t operations, std::function<void()> const &work) {
    measureSingle(part, operations, work);
    if (_options.isSingleOnly || !isWanted(part)) return;
    measureOwn(part, MANY_THREADS, [&] { return runOnManyThreads(operations, work); });
    std::string const apart = part.empty() ? "in two processes" : fmt::format("{} in two processes", part);
    // The peak is that of one of them, the operations are those of both: no bytes an operation come of that.
    run(apart, 2, Memory::REUSED, [&] { return runInTwoProcesses(operations, work); });
}

void Suite::measureSingle(std::string_view part, std::uint64_t operations, std::function<void()> const &work) {
    measureOwn(part, 1, [&] { return runOnThisThread(operations, work); });
}

void Suite::measureOwn(std::string_view part, unsigned threads, std::function<Measurement()> const &body) {
    if (isWanted(part)) run(part, threads, _description.memory, body);
}

void Suite::run(std::string_view part, unsigned threads, Memory memory, std::function<Measurement()> const &body) {
    std::optional<Measurement> measured = _options.runsInProcess ? measureHere(body) : measureInChild(body);
    if (!measured) {
        fmt::print(stderr, "{} {}: failed\n", _description.name, part);
        _hasFailed = true;
        return;
    }
    measured->part = part;
    measured->threads = threads;
    measured->hasBytesEach = memory == Memory::KEPT_FOR_EACH;
    if (_description.payloadBytes != 0) {
        measured->figures.emplace_back("MB/s", measured->perSecond() * static_cast<double>(_description.payloadBytes) / 1e6);
    }
    print(*measured);
    _measurements.push_back(std::move(*measured));
}

void Suite::print(Measurement const &measured) const {
    std::string const name = measured.part.empty() ? _description.name : _description.name + ' ' + measured.part;
    fmt::print("{:<32} {} thread{} {:>13} µs {:>13} µs CPU {:>14} B peak {:>14} {}s/s {:>9.1f} ns/{}", name, measured.threads,
               measured.threads == 1 ? " " : "s", grouped(static_cast<double>(measured.nanoseconds) / 1000),
               grouped(static_cast<double>(measured.cpuNanoseconds) / 1000), grouped(static_cast<double>(measured.peakBytes)),
               grouped(measured.perSecond()), _description.operation, measured.nanosecondsEach(), _description.operation);
    if (measured.hasBytesEach) fmt::print(" {:>8.1f} B/{}", measured.bytesEach(), _description.operation);
    for (auto const &[figure, value] : measured.figures) fmt::print("  {} {:.6g}", figure, value);
    fmt::print("\n");
    std::fflush(stdout);
}

int Suite::finish() const {
    if (!_options.jsonFile.empty() && !writeJson()) {
        fmt::print(stderr, "cannot write {}\n", _options.jsonFile);
        return 1;
    }
    if (_measurements.empty() && !_hasFailed) {
        fmt::print(stderr, "{} has no part {}\n", _description.name, _options.only);
        return 2;
    }
    return _hasFailed ? 1 : 0;
}

bool Suite::writeJson() const {
    std::string parts;
    for (Measurement const &measured : _measurements) {
        std::string figures;
        for (auto const &[name, value] : measured.figures) {
            figures += fmt::format("{}\"{}\": {}", figures.empty() ? "" : ", ", name, std::isfinite(value) ? value : 0.0);
        }
        std::string const bytes = measured.hasBytesEach ? fmt::format(", \"bytes_each\": {:.1f}", measured.bytesEach()) : "";
        parts += fmt::format("{}\n    {{\"part\": \"{}\", \"threads\": {}, \"operations\": {}, \"nanoseconds\": {}, \"cpu_nanoseconds\": "
                             "{}, \"peak_bytes\": {}{}, "
                             "\"figures\": {{{}}}}}",
                             parts.empty() ? "" : ",", measured.part, measured.threads, measured.operations, measured.nanoseconds,
                             measured.cpuNanoseconds, measured.peakBytes, bytes, figures);
    }
    std::FILE *file = std::fopen(_options.jsonFile.c_str(), "w");
    if (file == nullptr) return false;
    fmt::print(file, "{{\n  \"benchmark\": \"{}\",\n  \"operation\": \"{}\",\n  \"compiler\": \"{}\",\n  \"parts\": [{}\n  ]\n}}\n",
               _description.name, _description.operation, COMPILER, parts);
    return std::fclose(file) == 0;
}

void require(bool isTrue, char const *what) {
    if (!isTrue) throw std::runtime_error(what);
}

} // namespace Benchmarks
