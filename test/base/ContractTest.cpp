#include <ichor/base/Contract.h>

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace Ichor;

namespace {

struct Ending {
    int status = 0;
    std::string said;
};

// Runs the function in a child process and gives how it ended and what it wrote on standard error.
template <class F>
Ending endingOf(F function) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    pid_t const child = ::fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);
        ::dup2(ends[1], STDERR_FILENO);
        function();
        ::_exit(0);
    }
    ::close(ends[1]);
    Ending ending;
    char buffer[256];
    for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof(buffer))) > 0;) ending.said.append(buffer, static_cast<std::size_t>(n));
    ::close(ends[0]);
    REQUIRE(::waitpid(child, &ending.status, 0) == child);
    return ending;
}

} // namespace

TEST_CASE("contractViolation: says what was broken and where, and aborts", "[contract]") {
    Ending const ending = endingOf([] { contractViolation("a door was opened twice"); });
    REQUIRE(WIFSIGNALED(ending.status));
    CHECK(WTERMSIG(ending.status) == SIGABRT);
    CHECK_THAT(ending.said, Catch::Contains("a door was opened twice") && Catch::Contains("ContractTest.cpp:"));
}

TEST_CASE("contractViolation: a very long sentence is cut, not overrun", "[contract]") {
    Ending const ending = endingOf([] { contractViolation(std::string(100'000, 'x')); });
    CHECK(WIFSIGNALED(ending.status));
    CHECK(ending.said.size() < 2'000);
}
