#pragma once

#include <ichor/base/Expected.h>

#include <system_error>

namespace Ichor::Detail {

/// The result of a function that failed for this errno.
[[nodiscard]] inline unexpected<std::error_code> systemFailure(int error) noexcept {
    return unexpected<std::error_code>(std::error_code(error, std::system_category()));
}

} // namespace Ichor::Detail
