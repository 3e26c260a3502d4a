#pragma once

#include <ichor/event_queues/IOUringRing.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace Ichor::Detail {

/// The buffers that the kernel takes from for whatever socket receives something next, so that a connection that is idle needs none. There
/// are few at first, and more when they ran out.
///
/// Threads:   the queue's own
class IOUringBuffers {
public:
    static constexpr unsigned short GROUP = 0;
    static constexpr std::size_t BUFFER_BYTES = 4096;

    explicit IOUringBuffers(unsigned maximum) noexcept;
    IOUringBuffers(IOUringBuffers const &) = delete;
    IOUringBuffers &operator=(IOUringBuffers const &) = delete;
    /// The ring has to be gone.
    ~IOUringBuffers();

    /// Makes them known to the ring. False: it cannot have them.
    [[nodiscard]] bool open(IOUringRing &ring) noexcept;

    /// What the kernel has put into a buffer; nobody else has it until it is given back.
    [[nodiscard]] std::span<char> take(unsigned short buffer, std::size_t size) noexcept;
    void giveBack(unsigned short buffer) noexcept;

    /// They ran out: adds some.
    void grow() noexcept;

    [[nodiscard]] unsigned count() const noexcept { return _count; }

private:
    [[nodiscard]] char *at(unsigned short buffer) const noexcept { return _memory + std::size_t{buffer} * BUFFER_BYTES; }
    void append(unsigned short buffer) noexcept;

    unsigned _maximum; // a power of two
    unsigned _count{0};
    io_uring_buf_ring *_ring{nullptr}; // nullptr: not open
    char *_memory{nullptr};            // of all that there may be; what no buffer uses was never touched
    std::uint16_t _tail{0};
};

} // namespace Ichor::Detail
