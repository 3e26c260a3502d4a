#pragma once

#include <ichor/base/Expected.h>
#include <ichor/model/LogLevel.h>
#include <ichor/model/Properties.h>
#include <ichor/model/PropertyError.h>

#include <string>
#include <string_view>

namespace Ichor {

/// What a logger reads from its properties:
///   "LogLevel"     a LogLevel or its name ("warn"); LOG_INFO when it is not given
///   "ServiceName"  whose lines these are; may be left out
struct LoggerConfig {
    LogLevel level = LogLevel::LOG_INFO;
    std::string serviceName;

    [[nodiscard]] static Expected<LoggerConfig, PropertyError> from(Properties const &properties);

    /// For constructors.
    ///
    /// Errors:    throws std::invalid_argument with PropertyError's message
    [[nodiscard]] static LoggerConfig fromOrThrow(Properties const &properties);
};

/// The level that the property says, as a LogLevel or by its name; `fallback` when there is none of that name.
[[nodiscard]] Expected<LogLevel, PropertyError> readLogLevel(Properties const &properties, std::string_view key, LogLevel fallback);

} // namespace Ichor
