#pragma once

#include <ichor/logging/LogFormat.h>
#include <ichor/model/LogLevel.h>

#include <fmt/core.h>

#include <source_location>
#include <type_traits>

namespace Ichor {

/// What every logger offers: a call a level. The arguments are formatted only when the level is on; asking that is one comparison.
///
/// Threads:   the queue's own
/// Errors:    none: a line that cannot be formatted or written is lost
/// Example:   _logger.info("{} orders in {} ms", count, elapsed);
class LogCalls {
public:
    template <class... Args>
    void trace(LogFormat<std::type_identity_t<Args>...> format, Args &&...args) noexcept {
        log(LogLevel::LOG_TRACE, format, args...);
    }
    template <class... Args>
    void debug(LogFormat<std::type_identity_t<Args>...> format, Args &&...args) noexcept {
        log(LogLevel::LOG_DEBUG, format, args...);
    }
    template <class... Args>
    void info(LogFormat<std::type_identity_t<Args>...> format, Args &&...args) noexcept {
        log(LogLevel::LOG_INFO, format, args...);
    }
    template <class... Args>
    void warn(LogFormat<std::type_identity_t<Args>...> format, Args &&...args) noexcept {
        log(LogLevel::LOG_WARN, format, args...);
    }
    template <class... Args>
    void error(LogFormat<std::type_identity_t<Args>...> format, Args &&...args) noexcept {
        log(LogLevel::LOG_ERROR, format, args...);
    }

    [[nodiscard]] bool isEnabled(LogLevel level) const noexcept { return level >= _level; }

    [[nodiscard]] LogLevel getLogLevel() const noexcept { return _level; }

    /// Lines below this level are not formatted. A logger that writes nothing may stay at LOG_NONE.
    virtual void setLogLevel(LogLevel level) noexcept { _level = level; }

protected:
    explicit LogCalls(LogLevel level) noexcept : _level(level) {}
    LogCalls(LogCalls const &) = default;
    LogCalls &operator=(LogCalls const &) = default;
    virtual ~LogCalls() = default;

    /// Writes one line whose level is on. What it throws is dropped, and the line with it.
    virtual void write(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) = 0;

private:
    template <class Format, class... Args>
    void log(LogLevel level, Format const &format, Args &...args) noexcept {
        if (!isEnabled(level)) return;
        submit(level, format.where(), format.text(), fmt::make_format_args(args...));
    }

    void submit(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) noexcept;

    LogLevel _level; // here and not behind a virtual call, so that a line that is off costs one comparison
};

} // namespace Ichor
