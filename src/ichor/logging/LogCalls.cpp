#include <ichor/logging/LogCalls.h>

namespace Ichor {

void LogCalls::submit(LogLevel level, std::source_location const &where, fmt::string_view format, fmt::format_args args) noexcept {
    try {
        write(level, where, format, args);
    } catch (...) {
        // Whoever logs is telling of something else, often of an error: a second one about the telling would only hide it.
    }
}

} // namespace Ichor
