#include <ichor/model/LogLevel.h>

#include <algorithm>

namespace Ichor {

namespace {

constexpr char lowered(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool isSameText(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lowered(x) == lowered(y); });
}

} // namespace

std::string_view toString(LogLevel level) noexcept {
    switch (level) {
    case LogLevel::LOG_TRACE: return "trace";
    case LogLevel::LOG_DEBUG: return "debug";
    case LogLevel::LOG_INFO: return "info";
    case LogLevel::LOG_WARN: return "warn";
    case LogLevel::LOG_ERROR: return "error";
    case LogLevel::LOG_NONE: return "none";
    }
    return "unknown";
}

std::optional<LogLevel> parseLogLevel(std::string_view name) noexcept {
    constexpr std::string_view prefix = "LOG_";
    if (name.size() > prefix.size() && isSameText(name.substr(0, prefix.size()), prefix)) name.remove_prefix(prefix.size());

    for (LogLevel level :
         {LogLevel::LOG_TRACE, LogLevel::LOG_DEBUG, LogLevel::LOG_INFO, LogLevel::LOG_WARN, LogLevel::LOG_ERROR, LogLevel::LOG_NONE}) {
        if (isSameText(name, toString(level))) return level;
    }
    return std::nullopt;
}

} // namespace Ichor
