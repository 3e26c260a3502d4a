#include <ichor/services/logging/SpdlogLogger.h>

#include <catch2/catch.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

using namespace Ichor;

namespace {

/// spdlog's default logger writes to memory, as a program would have it write to a file.
class MemoryAsDefault final {
public:
    MemoryAsDefault() : _before(spdlog::default_logger()) {
        auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(_text);
        sink->set_pattern("%l [%n] %v (%s:%#)");
        spdlog::set_default_logger(std::make_shared<spdlog::logger>("default", std::move(sink)));
    }
    MemoryAsDefault(MemoryAsDefault const &) = delete;
    MemoryAsDefault &operator=(MemoryAsDefault const &) = delete;
    ~MemoryAsDefault() { spdlog::set_default_logger(_before); }

    std::string text() const { return _text.str(); }

private:
    std::ostringstream _text;
    std::shared_ptr<spdlog::logger> _before;
};

} // namespace

TEST_CASE("SpdlogLogger: a line goes to the sinks of spdlog's default logger, with its level, whose it is and its place", "[logging]") {
    MemoryAsDefault memory;
    SpdlogLogger logger(Properties{{"ServiceName", "Billing"}, {"LogLevel", LogLevel::LOG_TRACE}});
    logger.trace("a {}", 1);
    logger.debug("b");
    logger.info("c");
    logger.warn("d");
    logger.error("{{e}}");
    auto const place = std::to_string(std::source_location::current().line() - 1);
    CHECK_THAT(memory.text(), Catch::StartsWith("trace [Billing] a 1 (SpdlogLoggerTest.cpp:"));
    for (char const *line : {"debug [Billing] b (", "info [Billing] c (", "warning [Billing] d ("})
        CHECK_THAT(memory.text(), Catch::Contains(line));
    CHECK_THAT(memory.text(), Catch::EndsWith("error [Billing] {e} (SpdlogLoggerTest.cpp:" + place + ")\n"));
}

TEST_CASE("SpdlogLogger: the level is the logger's own, not that of spdlog's default logger", "[logging]") {
    MemoryAsDefault memory;
    spdlog::default_logger()->set_level(spdlog::level::err);
    SpdlogLogger logger(Properties{{"LogLevel", "info"}});
    logger.debug("unwritten");
    logger.info("heard");
    CHECK_THAT(memory.text(), Catch::Contains("heard") && !Catch::Contains("unwritten"));
}

TEST_CASE("SpdlogLogger: properties of the wrong kind are refused by name", "[logging]") {
    CHECK_THROWS_WITH(SpdlogLogger(Properties{{"LogLevel", 3}}), Catch::Contains("\"LogLevel\" is 3 (int)"));
    CHECK_THROWS_AS(SpdlogFrameworkLogger(Properties{{"LogLevel", 3}}), std::invalid_argument);
}

TEST_CASE("SpdlogFrameworkLogger: writes lines in the name of Ichor", "[logging]") {
    MemoryAsDefault memory;
    SpdlogFrameworkLogger logger(Properties{});
    logger.info("a service is late");
    CHECK_THAT(memory.text(), Catch::StartsWith("info [Ichor] a service is late ("));
}
