#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <liburing.h>
#include <sys/mman.h>

namespace Benchmarks {

/// Buffers of which the kernel takes one when something has arrived, so that waiting for it takes none.
class UringBuffers final {
public:
    static constexpr int GROUP = 0;

    /// Errors:    a negative errno
    [[nodiscard]] int open(io_uring &ring) {
        _bytes = std::make_unique<char[]>(std::size_t{COUNT} * SIZE);
        void *const memory = ::mmap(nullptr, COUNT * sizeof(io_uring_buf), PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
        if (memory == MAP_FAILED) return -ENOMEM;
        _entries = static_cast<io_uring_buf_ring *>(memory);
        io_uring_buf_reg registration{};
        registration.ring_addr = reinterpret_cast<std::uintptr_t>(memory);
        registration.ring_entries = COUNT;
        registration.bgid = GROUP;
        if (int const error = io_uring_register_buf_ring(&ring, &registration, 0); error != 0) return error;
        io_uring_buf_ring_init(_entries);
        for (std::uint16_t i = 0; i < COUNT; ++i) release(i);
        giveBack();
        return 0;
    }

    [[nodiscard]] std::string_view view(std::uint16_t buffer, std::size_t size) const { return {at(buffer), size}; }

    void release(std::uint16_t buffer) {
        io_uring_buf_ring_add(_entries, at(buffer), SIZE, buffer, io_uring_buf_ring_mask(COUNT), _released++);
    }
    /// Shows the kernel what has been released.
    void giveBack() {
        io_uring_buf_ring_advance(_entries, _released);
        _released = 0;
    }

private:
    static constexpr std::uint16_t COUNT = 8192;
    static constexpr unsigned SIZE = 1024;

    [[nodiscard]] char *at(std::uint16_t buffer) const { return _bytes.get() + std::size_t{buffer} * SIZE; }

    std::unique_ptr<char[]> _bytes;
    io_uring_buf_ring *_entries{nullptr};
    int _released{0};
};

} // namespace Benchmarks
