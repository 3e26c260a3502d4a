#pragma once

#include <unistd.h>
#include <utility>

namespace Ichor::Detail {

/// Owns a file descriptor.
class Descriptor {
public:
    Descriptor() noexcept = default;
    explicit Descriptor(int fd) noexcept : _fd(fd) {}
    Descriptor(Descriptor &&other) noexcept : _fd(std::exchange(other._fd, -1)) {}
    Descriptor &operator=(Descriptor &&other) noexcept {
        Descriptor taken(std::move(other));
        std::swap(_fd, taken._fd);
        return *this;
    }
    ~Descriptor() { reset(); }

    [[nodiscard]] int get() const noexcept { return _fd; }
    [[nodiscard]] bool isOpen() const noexcept { return _fd >= 0; }
    int release() noexcept { return std::exchange(_fd, -1); }
    void reset() noexcept {
        if (_fd >= 0) ::close(std::exchange(_fd, -1));
    }

private:
    int _fd{-1};
};

} // namespace Ichor::Detail
