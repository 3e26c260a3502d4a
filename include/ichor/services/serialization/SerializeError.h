#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace Ichor {

/// Why bytes could not be read as what they should be.
class SerializeError final {
public:
    SerializeError(std::string what, std::size_t offset) : _what(std::move(what)), _offset(offset) {}

    /// What is wrong and where, for people: `"id" must be an integer from 0 to 255, but is a text (at byte 7)`.
    [[nodiscard]] std::string message() const { return _what + " (at byte " + std::to_string(_offset) + ")"; }

    /// How many bytes lie before the place where it was noticed.
    [[nodiscard]] std::size_t offset() const noexcept { return _offset; }

private:
    std::string _what;
    std::size_t _offset;
};

} // namespace Ichor
