#include <ichor/services/logging/StdoutLogger.h>

#include "CapturedStdout.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace Ichor;

namespace {

std::string shapeOf(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }, '0');
    return text;
}

} // namespace

TEST_CASE("StdoutLogger: a line has the time, the level, whose it is, the text and the place", "[logging]") {
    StdoutLogger logger(Properties{{"ServiceName", "Billing"}});
    CapturedStdout captured;
    logger.warn("{} orders", 3);
    auto const place = std::source_location::current().line() - 1;
    std::string const line = captured.text();
    CHECK_THAT(line, Catch::EndsWith(" warn [Billing] 3 orders (StdoutLoggerTest.cpp:" + std::to_string(place) + ")\n"));
    CHECK(shapeOf(line.substr(0, line.find(' '))) == "0000-00-00T00:00:00.000000Z");
}

TEST_CASE("StdoutLogger: a line of nobody in particular has no brackets", "[logging]") {
    StdoutLogger logger(Properties{});
    CapturedStdout captured;
    logger.info("hello");
    CHECK_THAT(captured.text(), Catch::Contains("Z info hello ("));
}

TEST_CASE("StdoutLogger: the level comes from the properties and can be changed", "[logging]") {
    StdoutLogger logger(Properties{{"LogLevel", LogLevel::LOG_ERROR}});
    CHECK(logger.getLogLevel() == LogLevel::LOG_ERROR);
    CHECK(StdoutLogger(Properties{{"LogLevel", "debug"}}).getLogLevel() == LogLevel::LOG_DEBUG);
    CHECK(StdoutLogger(Properties{}).getLogLevel() == LogLevel::LOG_INFO);
    CapturedStdout captured;
    logger.warn("unheard");
    logger.setLogLevel(LogLevel::LOG_WARN);
    logger.warn("heard");
    std::string const text = captured.text();
    CHECK_THAT(text, !Catch::Contains("unheard") && Catch::Contains("heard"));
}

TEST_CASE("StdoutLogger: properties of the wrong kind are refused by name", "[logging]") {
    CHECK_THROWS_WITH(StdoutLogger(Properties{{"LogLevel", 3}}), Catch::Contains("\"LogLevel\" is 3 (int), but a LogLevel"));
    CHECK_THROWS_WITH(StdoutLogger(Properties{{"LogLevel", "loud"}}), Catch::Contains("\"loud\""));
    CHECK_THROWS_AS(StdoutLogger(Properties{{"ServiceName", 3}}), std::invalid_argument);
    CHECK_THROWS_AS(StdoutFrameworkLogger(Properties{{"LogLevel", 3}}), std::invalid_argument);
}

TEST_CASE("StdoutLogger: lines of several threads do not mix, however long they are", "[logging]") {
    constexpr int threadCount = 4;
    constexpr int linesEach = 200;
    CapturedStdout captured;
    std::vector<std::thread> threads;
    for (int number = 0; number < threadCount; ++number) {
        threads.emplace_back([number] {
            StdoutLogger logger(Properties{});
            std::string const text(static_cast<std::size_t>(1 + number * 700), static_cast<char>('a' + number));
            for (int i = 0; i < linesEach; ++i) logger.info("<{}>", text);
        });
    }
    for (std::thread &thread : threads) thread.join();
    std::string const all = captured.text();
    // A line holds letters of one thread only.
    int count = 0;
    for (std::size_t begin = 0; begin < all.size(); ++count) {
        std::size_t const end = all.find('\n', begin);
        std::string const line = all.substr(begin, end - begin);
        std::size_t const open = line.find('<');
        std::size_t const close = line.find('>');
        REQUIRE(open != std::string::npos);
        REQUIRE(close != std::string::npos);
        std::string const text = line.substr(open + 1, close - open - 1);
        REQUIRE(text == std::string(static_cast<std::size_t>(1 + (text.at(0) - 'a') * 700), text.at(0)));
        REQUIRE(line.find("(StdoutLoggerTest.cpp:", close) == close + 2);
        begin = end + 1;
    }
    CHECK(count == threadCount * linesEach);
}

TEST_CASE("StdoutLogger: when nobody reads standard output, lines are lost and the program goes on", "[logging]") {
    StdoutLogger logger(Properties{});
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    int const real = ::dup(STDOUT_FILENO);
    std::fflush(stdout);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[1]);
    ::close(ends[0]);
    auto *const before = std::signal(SIGPIPE, SIG_DFL); // would end the program
    errno = EDOM;
    logger.info("lost");
    int const errorAfter = errno;
    sigset_t pending;
    ::sigpending(&pending);
    ::close(STDOUT_FILENO);
    logger.info("lost as well");
    std::signal(SIGPIPE, before);
    ::dup2(real, STDOUT_FILENO);
    ::close(real);
    CHECK(errorAfter == EDOM);
    CHECK(::sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE("StdoutFrameworkLogger: writes lines in the name of Ichor", "[logging]") {
    StdoutFrameworkLogger logger(Properties{{"LogLevel", LogLevel::LOG_DEBUG}});
    CapturedStdout captured;
    logger.debug("a service is late");
    CHECK_THAT(captured.text(), Catch::Contains("Z debug [Ichor] a service is late ("));
}
