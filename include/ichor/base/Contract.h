#pragma once

#include <source_location>
#include <string_view>

namespace Ichor {

/// The caller broke a contract: says which on standard error, with the place, and aborts the program.
///
/// Threads:   any
[[noreturn]] void contractViolation(std::string_view what, std::source_location where = std::source_location::current()) noexcept;

} // namespace Ichor
