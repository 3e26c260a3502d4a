#include "ChildProcess.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Benchmarks {

namespace {

std::uint64_t peakResidentBytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::uint64_t nanoseconds(timeval time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_usec) * 1'000;
}

// Of this process, and of those that it waited for.
std::uint64_t processNanoseconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    rusage children{};
    getrusage(RUSAGE_CHILDREN, &children);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec) +
           nanoseconds(children.ru_utime) + nanoseconds(children.ru_stime);
}

// One number a line, then name and value of each figure.
void send(std::FILE *pipe, Measurement const &measured) {
    for (std::uint64_t number :
         {measured.operations, measured.nanoseconds, measured.cpuNanoseconds, measured.peakBytes, measured.baseBytes}) {
        std::fprintf(pipe, "%llu\n", static_cast<unsigned long long>(number));
    }
    for (auto const &[name, value] : measured.figures) std::fprintf(pipe, "%s %.17g\n", name.c_str(), value);
}

std::optional<Measurement> receive(std::FILE *pipe) {
    Measurement measured;
    for (std::uint64_t *into :
         {&measured.operations, &measured.nanoseconds, &measured.cpuNanoseconds, &measured.peakBytes, &measured.baseBytes}) {
        unsigned long long number = 0;
        if (std::fscanf(pipe, "%llu", &number) != 1) return {};
        *into = number;
    }
    char name[64];
    double value = 0;
    while (std::fscanf(pipe, "%63s %lf", name, &value) == 2) measured.figures.emplace_back(name, value);
    return measured;
}

[[noreturn]] void runChild(int writeEnd, std::function<Measurement()> const &body) {
    int status = 1;
    try {
        Measurement const measured = measureHere(body);
        std::FILE *pipe = fdopen(writeEnd, "w");
        send(pipe, measured);
        status = std::fclose(pipe) == 0 ? 0 : 1;
    } catch (std::exception const &error) {
        std::fprintf(stderr, "failed: %s\n", error.what());
    }
    std::fflush(nullptr);
    _exit(status);
}

} // namespace

Measurement measureHere(std::function<Measurement()> const &body) {
    std::uint64_t const base = peakResidentBytes();
    std::uint64_t const before = processNanoseconds();
    Measurement measured = body();
    measured.cpuNanoseconds = processNanoseconds() - before;
    measured.baseBytes = base;
    measured.peakBytes = peakResidentBytes();
    return measured;
}

std::optional<Measurement> measureInChild(std::function<Measurement()> const &body) {
    std::fflush(nullptr);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return {};
    pid_t const child = fork();
    if (child == 0) {
        close(ends[0]);
        runChild(ends[1], body);
    }
    close(ends[1]);
    std::FILE *pipe = fdopen(ends[0], "r");
    auto measured = receive(pipe);
    std::fclose(pipe);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) return {};
    if (status != 0) {
        std::fprintf(stderr, "the part ended with status %d\n", status);
        return {};
    }
    return measured;
}

} // namespace Benchmarks
