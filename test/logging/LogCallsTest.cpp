#include <ichor/logging/IFrameworkLogger.h>
#include <ichor/logging/ILogger.h>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <concepts>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace Ichor;

namespace {

template <class Interface>
class Recorder final : public Interface {
public:
    explicit Recorder(LogLevel level) : Interface(level) {}

    std::vector<std::string> lines;
    std::source_location place;
    bool isBroken = false;

private:
    void write(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) override {
        if (isBroken) throw std::runtime_error("the disk is full");
        lines.push_back(std::string(toString(level)) + ": " + fmt::vformat(format, args));
        place = where;
    }
};

struct Costly {
    int *formatted;
};

struct Unwritable {};

} // namespace

template <>
struct fmt::formatter<Costly> : fmt::formatter<int> {
    template <class Context>
    auto format(Costly const &costly, Context &context) const {
        return fmt::formatter<int>::format(++*costly.formatted, context);
    }
};

template <>
struct fmt::formatter<Unwritable> : fmt::formatter<int> {
    template <class Context>
    auto format(Unwritable const &, Context &context) const -> decltype(context.out()) {
        throw std::runtime_error("not to be written");
    }
};

TEMPLATE_TEST_CASE("Logging: each call writes a line of its level, with its arguments", "[logging]", ILogger, IFrameworkLogger) {
    Recorder<TestType> recorder(LogLevel::LOG_TRACE);
    TestType &logger = recorder;
    std::string const name = "world";
    logger.trace("Hello, {}!", name);
    logger.debug("{} and {}", 1, std::string_view("two"));
    logger.info("nothing to fill in");
    logger.warn("{:>5}", 42);
    logger.error("{0} {0}", 'x');
    CHECK(recorder.lines ==
          std::vector<std::string>{"trace: Hello, world!", "debug: 1 and two", "info: nothing to fill in", "warn:    42", "error: x x"});
}

TEST_CASE("Logging: only lines at the logger's level or above are written", "[logging]") {
    Recorder<ILogger> recorder(LogLevel::LOG_WARN);
    ILogger &logger = recorder;
    logger.info("unheard");
    logger.warn("heard");
    CHECK(recorder.lines == std::vector<std::string>{"warn: heard"});
    CHECK_FALSE(logger.isEnabled(LogLevel::LOG_INFO));
    CHECK(logger.isEnabled(LogLevel::LOG_ERROR));

    logger.setLogLevel(LogLevel::LOG_TRACE);
    CHECK(logger.getLogLevel() == LogLevel::LOG_TRACE);
    logger.trace("heard too");
    CHECK(recorder.lines.back() == "trace: heard too");

    logger.setLogLevel(LogLevel::LOG_NONE);
    logger.error("unheard");
    CHECK(recorder.lines.size() == 2);
}

TEST_CASE("Logging: arguments of a line that is off are not formatted", "[logging]") {
    Recorder<ILogger> recorder(LogLevel::LOG_INFO);
    int formatted = 0;
    recorder.debug("{}", Costly{&formatted});
    CHECK(formatted == 0);
    recorder.info("{}", Costly{&formatted});
    CHECK(formatted == 1);
}

TEST_CASE("Logging: a line knows the place in the source where it was written", "[logging]") {
    Recorder<ILogger> recorder(LogLevel::LOG_INFO);
    auto const here = std::source_location::current();
    recorder.info("here");
    CHECK(recorder.place.line() == here.line() + 1);
    CHECK(std::string_view(recorder.place.file_name()) == here.file_name());
}

TEST_CASE("Logging: a logger that fails, or an argument that cannot be written, never reaches the caller", "[logging]") {
    Recorder<ILogger> recorder(LogLevel::LOG_INFO);
    recorder.info("{}", Unwritable{});
    recorder.isBroken = true;
    recorder.error("lost");
    recorder.isBroken = false;
    recorder.info("again");
    CHECK(recorder.lines == std::vector<std::string>{"info: again"});
    STATIC_REQUIRE(noexcept(recorder.info("{}", Unwritable{})));
}

TEST_CASE("Logging: the two kinds of logger are types apart", "[logging]") {
    STATIC_REQUIRE_FALSE(std::derived_from<ILogger, IFrameworkLogger>);
    STATIC_REQUIRE_FALSE(std::derived_from<IFrameworkLogger, ILogger>);
}
