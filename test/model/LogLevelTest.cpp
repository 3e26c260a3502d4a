#include <ichor/model/LogLevel.h>

#include <catch2/catch.hpp>

using namespace Ichor;

TEST_CASE("LogLevel: levels are ordered by how much a line matters", "[log_level]") {
    CHECK(LogLevel::LOG_TRACE < LogLevel::LOG_DEBUG);
    CHECK(LogLevel::LOG_DEBUG < LogLevel::LOG_INFO);
    CHECK(LogLevel::LOG_INFO < LogLevel::LOG_WARN);
    CHECK(LogLevel::LOG_WARN < LogLevel::LOG_ERROR);
    CHECK(LogLevel::LOG_ERROR < LogLevel::LOG_NONE);
}

TEST_CASE("LogLevel: what is written is read back, in any spelling", "[log_level]") {
    for (LogLevel level :
         {LogLevel::LOG_TRACE, LogLevel::LOG_DEBUG, LogLevel::LOG_INFO, LogLevel::LOG_WARN, LogLevel::LOG_ERROR, LogLevel::LOG_NONE}) {
        CHECK(parseLogLevel(toString(level)) == level);
    }
    CHECK(parseLogLevel("LOG_WARN") == LogLevel::LOG_WARN);
    CHECK(parseLogLevel("log_Info") == LogLevel::LOG_INFO);
    CHECK(parseLogLevel("ERROR") == LogLevel::LOG_ERROR);
}

TEST_CASE("LogLevel: other words are no level", "[log_level]") {
    for (char const *word : {"", "loud", "LOG_", "infos", "inf", " info"}) CHECK_FALSE(parseLogLevel(word).has_value());
    CHECK(toString(static_cast<LogLevel>(99)) == "unknown");
}
