#pragma once

#include "Descriptor.h"

#include <ichor/base/Expected.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/socket.h>

namespace Ichor::Detail {

/// An address of IPv4 or IPv6 with a port.
class SocketAddress {
public:
    /// Numeric, or "localhost", which is 127.0.0.1. Nothing is looked up, so that nothing blocks.
    [[nodiscard]] static std::optional<SocketAddress> parse(std::string_view address, std::uint16_t port);

    [[nodiscard]] sockaddr const *get() const noexcept { return reinterpret_cast<sockaddr const *>(&_storage); }
    [[nodiscard]] socklen_t size() const noexcept { return _size; }
    [[nodiscard]] int family() const noexcept { return _storage.ss_family; }

private:
    sockaddr_storage _storage{};
    socklen_t _size{0};
};

/// "127.0.0.1:8001", "[::1]:8001".
[[nodiscard]] std::string hostAndPort(std::string_view address, std::uint16_t port);

struct ListenOptions {
    std::uint32_t backlog;
    bool isPortShared;
};

/// A socket that listens, without blocking; what it accepts sends small answers at once.
[[nodiscard]] Expected<Descriptor, std::error_code> listenOn(SocketAddress const &address, ListenOptions options);

/// The port that a socket is bound to; 0 when it is none.
[[nodiscard]] std::uint16_t portOf(Descriptor const &socket) noexcept;

/// A socket to connect to there, which sends small requests at once and does not block.
[[nodiscard]] Expected<Descriptor, std::error_code> freshSocket(SocketAddress const &address);

} // namespace Ichor::Detail
