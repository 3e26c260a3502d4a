#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace Ichor {

/// How much a log line matters. A logger writes what is at its own level or above.
enum class LogLevel : std::uint8_t {
    LOG_TRACE,
    LOG_DEBUG,
    LOG_INFO,
    LOG_WARN,
    LOG_ERROR,
    LOG_NONE, // only as a logger's level: nothing is written
};

/// The short name: "trace", "debug", "info", "warn", "error", "none".
[[nodiscard]] std::string_view toString(LogLevel level) noexcept;

/// The level of that name, in small or capital letters, with or without `LOG_` in front; empty when there is none.
[[nodiscard]] std::optional<LogLevel> parseLogLevel(std::string_view name) noexcept;

} // namespace Ichor
