#include <ichor/services/logging/LoggerConfig.h>

#include <stdexcept>
#include <utility>

namespace Ichor {

Expected<LogLevel, PropertyError> readLogLevel(Properties const &properties, std::string_view key, LogLevel fallback) {
    auto const entry = properties.find(key);
    if (entry == properties.end()) return fallback;
    if (auto const *level = any_cast<LogLevel>(&entry->second)) return *level;
    if (auto const name = properties.get<std::string_view>(key)) {
        if (auto const level = parseLogLevel(*name)) return *level;
    }
    return unexpected(
        PropertyError::unsuitable(key, entry->second, "a LogLevel, or the name of one (trace, debug, info, warn, error, none),"));
}

Expected<LoggerConfig, PropertyError> LoggerConfig::from(Properties const &properties) {
    auto const level = readLogLevel(properties, "LogLevel", LogLevel::LOG_INFO);
    if (!level) return unexpected(level.error());
    LoggerConfig config{*level, {}};
    if (!properties.contains("ServiceName")) return config;
    auto name = properties.get<std::string>("ServiceName");
    if (!name) return unexpected(std::move(name).error());
    config.serviceName = *std::move(name);
    return config;
}

LoggerConfig LoggerConfig::fromOrThrow(Properties const &properties) {
    auto config = from(properties);
    if (!config) throw std::invalid_argument(config.error().message());
    return *std::move(config);
}

} // namespace Ichor
