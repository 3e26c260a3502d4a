#include "Cyclictest.h"

#include <cerrno>
#include <csignal>
#include <ichor/event_queues/LatencyHistogram.h>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

Cyclictest::Cyclictest(std::uint64_t cycles, std::uint64_t intervalMicroseconds, int priority, std::optional<unsigned> cpu) {
    std::vector<std::string> words{"cyclictest",
                                   "-q",
                                   "-m",
                                   "-t1",
                                   fmt::format("-p{}", priority),
                                   fmt::format("-i{}", intervalMicroseconds),
                                   fmt::format("-l{}", cycles),
                                   "-h100000"};
    if (cpu) words.push_back(fmt::format("-a{}", *cpu));
    std::vector<char *> arguments;
    for (std::string &word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    _child = ::fork();
    if (_child == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    _output = ends[0];
}

Cyclictest::~Cyclictest() {
    if (_output >= 0) ::close(_output);
    if (_child <= 0) return;
    ::kill(_child, SIGTERM);
    ::waitpid(_child, nullptr, 0);
}

void Cyclictest::stop() noexcept {
    if (_child > 0) ::kill(_child, SIGINT);
}

std::string Cyclictest::summary() {
    if (_child <= 0) return "cannot be started";
    std::string text;
    char buffer[4096];
    for (ssize_t count = 0; (count = ::read(_output, buffer, sizeof(buffer))) > 0 || (count < 0 && errno == EINTR);) {
        if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
    }
    int status = 0;
    ::waitpid(_child, &status, 0);
    _child = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return "is not installed (on Debian: apt-get install rt-tests)";

    // "000012 000345": so many times 12 us. What is over the last line stands in a comment, and counts as the largest.
    Ichor::LatencyHistogram histogram;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::int64_t value = 0;
        std::uint64_t count = 0;
        std::istringstream words(line);
        if (line.rfind("# Histogram Overflows:", 0) == 0) {
            words.ignore(22);
            value = 100'000;
            words >> count;
        } else if (line.empty() || line[0] == '#' || !(words >> value >> count)) {
            continue;
        }
        for (; count > 0; --count) histogram.record(std::chrono::microseconds(value));
    }
    Ichor::LatencySummary const result = histogram.summary();
    return result.count() == 0 ? "did not measure anything: " + text.substr(0, 200) : result.toString();
}
