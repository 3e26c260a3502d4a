#include <ichor/services/logging/SpdlogLogger.h>

#include <ichor/services/logging/LoggerConfig.h>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <iterator>
#include <string>
#include <utility>

namespace Ichor {

namespace {

spdlog::level::level_enum levelOfSpdlog(LogLevel level) noexcept {
    switch (level) {
    case LogLevel::LOG_TRACE: return spdlog::level::trace;
    case LogLevel::LOG_DEBUG: return spdlog::level::debug;
    case LogLevel::LOG_INFO: return spdlog::level::info;
    case LogLevel::LOG_WARN: return spdlog::level::warn;
    case LogLevel::LOG_ERROR: return spdlog::level::err;
    case LogLevel::LOG_NONE: return spdlog::level::off;
    }
    return spdlog::level::off;
}

std::shared_ptr<spdlog::logger> cloneOfDefault(std::string name) {
    auto logger = spdlog::default_logger()->clone(std::move(name));
    logger->set_level(spdlog::level::trace); // which lines are on was decided before they come here
    return logger;
}

void writeLine(spdlog::logger &logger, LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) {
    fmt::memory_buffer text;
    fmt::vformat_to(std::back_inserter(text), format, args);
    spdlog::source_loc const place{where.file_name(), static_cast<int>(where.line()), where.function_name()};
    logger.log(place, levelOfSpdlog(level), spdlog::string_view_t(text.data(), text.size()));
}

} // namespace

SpdlogLogger::SpdlogLogger(Properties const &properties) {
    LoggerConfig config = LoggerConfig::fromOrThrow(properties);
    setLogLevel(config.level);
    _logger = cloneOfDefault(std::move(config.serviceName));
}

void SpdlogLogger::write(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) {
    writeLine(*_logger, level, where, format, args);
}

SpdlogFrameworkLogger::SpdlogFrameworkLogger(Properties const &properties)
    : IFrameworkLogger(LoggerConfig::fromOrThrow(properties).level), _logger(cloneOfDefault("Ichor")) {}

void SpdlogFrameworkLogger::write(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) {
    writeLine(*_logger, level, where, format, args);
}

} // namespace Ichor
