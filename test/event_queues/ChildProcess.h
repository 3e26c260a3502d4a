#pragma once

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Ichor::Testing {

/// What a body that ran in a child process wrote, and how that ended.
struct ChildResult {
    int status = -1; // exit status; -1: ended by a signal
    std::string text;
};

/// Runs something that would change this process for good, or that could hang it, in a child: killed after a minute. The child exits
/// with 0 when the body returns and with 99 when it throws; what the body prints into `say` comes back.
template <class Body>
ChildResult inChildProcess(Body body) {
    int pipeEnds[2];
    REQUIRE(::pipe(pipeEnds) == 0);
    pid_t const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGALRM, SIG_DFL);
        ::alarm(60);
        ::close(pipeEnds[0]);
        int status = 0;
        FILE *const say = ::fdopen(pipeEnds[1], "w");
        try {
            body(say);
        } catch (std::exception const &error) {
            std::fprintf(say, "thrown: %s", error.what());
            status = 99;
        }
        std::fclose(say);
        ::_exit(status); // no destructors: they belong to the parent
    }
    ::close(pipeEnds[1]);
    ChildResult result;
    char buffer[512];
    for (ssize_t count = 0; (count = ::read(pipeEnds[0], buffer, sizeof(buffer))) > 0;)
        result.text.append(buffer, static_cast<std::size_t>(count));
    ::close(pipeEnds[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
    return result;
}

/// From here on this process is one of a plain user, who was granted nothing.
inline void becomePlainUser() {
    rlimit const nothing{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(RLIMIT_RTPRIO, &nothing);
    ::setrlimit(RLIMIT_MEMLOCK, &nothing);
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) throw std::runtime_error("cannot become another user");
}

} // namespace Ichor::Testing
