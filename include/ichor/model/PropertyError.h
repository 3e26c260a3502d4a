#pragma once

#include <ichor/base/Any.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace Ichor {

/// Why a property could not be read as what was asked for.
struct PropertyError {
    enum class Kind : std::uint8_t {
        MISSING,    // there is no property of that name
        UNSUITABLE, // there is one, but of another kind, or it does not fit
    };

    [[nodiscard]] static PropertyError missing(std::string_view key, std::string expected);
    [[nodiscard]] static PropertyError unsuitable(std::string_view key, Any const &value, std::string expected);

    /// Like: property "Port" is 70000 (int), but an integer from 0 to 65535 was expected
    [[nodiscard]] std::string message() const;

    /// An error is often passed on as the text that it is: co_return fail(config.error()).
    operator std::string() const { return message(); }

    Kind kind{Kind::MISSING};
    std::string key;
    std::string value; // how the value reads, with its type; empty when missing
    std::string expected;
};

} // namespace Ichor
