#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace Ichor::Testing {

// Each takes any bytes as one input, and throws FuzzFault where the code under test breaks a rule. The first bytes of an input choose
// limits, ways to use the code, and where the message that follows is cut; what comes of it must not depend on where.

void fuzzRequests(std::string_view input);
void fuzzResponses(std::string_view input);
void fuzzChunkedBodies(std::string_view input);

/// Says which rule was broken.
class FuzzFault final : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

inline void require(bool isKept, std::string const &rule) {
    if (!isKept) throw FuzzFault(rule);
}

/// Cuts a message into pieces whose sizes depend on the seed alone.
class Pieces {
public:
    Pieces(std::string_view message, std::uint8_t seed) noexcept : _rest(message), _state(seed * 2654435769U + 1U), _seed(seed) {}

    [[nodiscard]] bool isEmpty() const noexcept { return _rest.empty(); }

    [[nodiscard]] std::string_view next() noexcept {
        _state = _state * 1664525U + 1013904223U;
        std::size_t const largest = _seed < 64 ? 1 : (_seed < 160 ? 8 : 200);
        std::size_t const size = std::min<std::size_t>(_rest.size(), 1 + (_state >> 16) % largest);
        std::string_view const piece = _rest.substr(0, size);
        _rest.remove_prefix(size);
        return piece;
    }

private:
    std::string_view _rest;
    std::uint32_t _state;
    std::uint8_t _seed;
};

} // namespace Ichor::Testing
