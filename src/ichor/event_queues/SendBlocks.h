#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace Ichor::Detail {

/// Memory for bytes that the kernel has not yet sent. Small blocks are used again, the last one first, which is still in the cache.
///
/// Threads:   the queue's own
class SendBlocks {
public:
    static constexpr std::size_t SMALL_BYTES = 2048;
    static constexpr std::size_t MAXIMUM_KEPT = 4096;

    using Block = std::unique_ptr<char[]>;

    /// nullptr: memory is out.
    [[nodiscard]] Block take(std::size_t size) noexcept {
        if (size > SMALL_BYTES) return Block(new (std::nothrow) char[size]);
        if (_spare.empty()) return Block(new (std::nothrow) char[SMALL_BYTES]);
        Block block = std::move(_spare.back());
        _spare.pop_back();
        return block;
    }

    /// `size` as it was asked for.
    void giveBack(Block block, std::size_t size) noexcept {
        if (size > SMALL_BYTES || _spare.size() == MAXIMUM_KEPT) return;
        try {
            _spare.push_back(std::move(block));
        } catch (std::bad_alloc const &) { // then it goes
        }
    }

private:
    std::vector<Block> _spare;
};

} // namespace Ichor::Detail
