#include <ichor/services/logging/StdoutLogger.h>

#include <ichor/services/logging/LoggerConfig.h>

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <iterator>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace Ichor {

namespace {

/// While this lives, writing to a pipe that nobody reads gives an error instead of the signal that would end the program.
class SigpipeBlocked final {
public:
    SigpipeBlocked() noexcept {
        ::sigemptyset(&_pipeOnly);
        ::sigaddset(&_pipeOnly, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &_pipeOnly, &_before);
    }
    SigpipeBlocked(SigpipeBlocked const &) = delete;
    SigpipeBlocked &operator=(SigpipeBlocked const &) = delete;
    ~SigpipeBlocked() {
        bool const wasBlockedBefore = ::sigismember(&_before, SIGPIPE) == 1;
        if (_isRaised && !wasBlockedBefore) {
            timespec const atOnce{};
            while (::sigtimedwait(&_pipeOnly, nullptr, &atOnce) == -1 && errno == EINTR) {}
        }
        ::pthread_sigmask(SIG_SETMASK, &_before, nullptr);
    }

    void noteRaised() noexcept { _isRaised = true; }

private:
    sigset_t _pipeOnly;
    sigset_t _before;
    bool _isRaised = false;
};

void writeWhole(std::string_view line) noexcept {
    int const callersError = errno;
    {
        SigpipeBlocked sigpipe;
        while (!line.empty()) {
            ssize_t const written = ::write(STDOUT_FILENO, line.data(), line.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0 && errno == EPIPE) sigpipe.noteRaised();
            if (written <= 0) break;
            line.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    errno = callersError;
}

void appendTime(fmt::memory_buffer &line) {
    namespace chrono = std::chrono;
    auto const sinceEpoch = chrono::duration_cast<chrono::microseconds>(chrono::system_clock::now().time_since_epoch()).count();
    auto const second = static_cast<std::time_t>(sinceEpoch / 1'000'000);

    // Turning seconds into a date costs more than the rest of a line, and many lines share one.
    thread_local std::time_t formattedSecond = -1;
    thread_local char formatted[32];
    if (second != formattedSecond) {
        std::tm date{};
        ::gmtime_r(&second, &date);
        std::strftime(formatted, sizeof(formatted), "%Y-%m-%dT%H:%M:%S", &date);
        formattedSecond = second;
    }
    fmt::format_to(std::back_inserter(line), "{}.{:06}Z", formatted, sinceEpoch % 1'000'000);
}

std::string_view fileNameOf(std::source_location const &where) noexcept {
    std::string_view const path = where.file_name();
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

void writeLine(LogLevel level, std::string_view who, std::source_location const &where, fmt::string_view format, fmt::format_args args) {
    fmt::memory_buffer line;
    auto const out = std::back_inserter(line);
    appendTime(line);
    fmt::format_to(out, " {} ", toString(level));
    if (!who.empty()) fmt::format_to(out, "[{}] ", who);
    fmt::vformat_to(out, format, args);
    fmt::format_to(out, " ({}:{})\n", fileNameOf(where), where.line());
    writeWhole({line.data(), line.size()});
}

} // namespace

StdoutLogger::StdoutLogger(Properties const &properties) {
    LoggerConfig config = LoggerConfig::fromOrThrow(properties);
    setLogLevel(config.level);
    _serviceName = std::move(config.serviceName);
}

void StdoutLogger::write(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) {
    writeLine(level, _serviceName, where, format, args);
}

StdoutFrameworkLogger::StdoutFrameworkLogger(Properties const &properties)
    : IFrameworkLogger(LoggerConfig::fromOrThrow(properties).level) {}

void StdoutFrameworkLogger::write(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) {
    writeLine(level, "Ichor", where, format, args);
}

} // namespace Ichor
