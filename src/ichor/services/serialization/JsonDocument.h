#pragma once

#include "Block.h"
#include "Utf8.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace Ichor::Detail {

/// A copy of a document with a block's worth of bytes behind it, so that a parser can look at whole blocks up to the end.
///
/// Lifetime:  the copy, until the next one; its memory is used again
class JsonDocument final {
public:
    /// Whether it is UTF-8; end() is where it stops to be, otherwise.
    [[nodiscard]] bool copy(std::string_view json, char padding) {
        if (_memory.size() < json.size() + Block::SIZE) [[unlikely]]
            _memory.resize(json.size() + Block::SIZE);
        std::size_t const size = copyUtf8(json, _memory.data());
        _end = _memory.data() + size;
        if (size != json.size()) [[unlikely]]
            return false;
        fillBlock(_end, padding);
        return true;
    }

    [[nodiscard]] char *begin() noexcept { return _memory.data(); }
    [[nodiscard]] char *end() noexcept { return _end; }

    /// Keeps no more memory than messages mostly need.
    void shrink() noexcept {
        constexpr std::size_t mostKept = std::size_t{64} * 1024;
        if (_memory.size() > mostKept) [[unlikely]]
            std::vector<char>().swap(_memory);
    }

private:
    std::vector<char> _memory;
    char *_end = nullptr;
};

} // namespace Ichor::Detail
