#include <ichor/base/Contract.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace Ichor {

void contractViolation(std::string_view what, std::source_location where) noexcept {
    // Memory may be out and any lock may be held: a buffer on the stack, one system call.
    char line[1024];
    int const length = std::snprintf(line, sizeof(line), "Ichor: contract violated: %.*s\n  in %s (%s:%u)\n",
                                     static_cast<int>(std::min<std::size_t>(what.size(), 600)), what.data(), where.function_name(),
                                     where.file_name(), static_cast<unsigned>(where.line()));
    if (length > 0) {
        auto const size = std::min(static_cast<std::size_t>(length), sizeof(line) - 1);
        [[maybe_unused]] auto const written = ::write(STDERR_FILENO, line, size);
    }
    std::abort();
}

} // namespace Ichor
