#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace Ichor {

/// Where the memory of messages goes round: who has sent one gives its bytes back, and who writes the next one takes them. With it a
/// handler that answers with what a serializer made allocates nothing in the long run. Under sanitizers nothing is kept, so that they
/// see each message's life.
///
/// Threads:   any; bytes may be given on another thread than they were taken on, and are kept there
/// Example:   in a serializer: `auto bytes = ByteRecycler::take();`, then append and return it
class ByteRecycler final {
public:
    /// How many vectors a thread keeps, and how large each may be.
    static constexpr std::size_t MAXIMUM_KEPT = 16;
    static constexpr std::size_t MAXIMUM_CAPACITY = std::size_t{16} * 1024;

    /// An empty vector, with room in it when there is one.
    [[nodiscard]] static std::vector<std::uint8_t> take() noexcept;

    /// A vector of these bytes: take(), then append, in one.
    [[nodiscard]] static std::vector<std::uint8_t> copyOf(std::span<std::uint8_t const> bytes);

    /// Leaves an empty vector without memory behind.
    static void give(std::vector<std::uint8_t> &&bytes) noexcept;
};

} // namespace Ichor
