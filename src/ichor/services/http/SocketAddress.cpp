#include "SocketAddress.h"

#include <cerrno>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace Ichor::Detail {

namespace {

unexpected<std::error_code> lastError() { return unexpected<std::error_code>(std::error_code(errno, std::system_category())); }

bool setOption(int fd, int level, int option) noexcept {
    int const on = 1;
    return ::setsockopt(fd, level, option, &on, sizeof(on)) == 0;
}

} // namespace

std::optional<SocketAddress> SocketAddress::parse(std::string_view address, std::uint16_t port) {
    std::string const text(address == "localhost" ? std::string_view("127.0.0.1") : address);
    SocketAddress result;
    auto *const v4 = reinterpret_cast<sockaddr_in *>(&result._storage);
    if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        result._size = sizeof(sockaddr_in);
        return result;
    }
    auto *const v6 = reinterpret_cast<sockaddr_in6 *>(&result._storage);
    if (::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) != 1) return std::nullopt;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    result._size = sizeof(sockaddr_in6);
    return result;
}

std::string hostAndPort(std::string_view address, std::uint16_t port) {
    bool const isBracketed = address.find(':') != std::string_view::npos;
    std::string text;
    if (isBracketed) text += '[';
    text += address;
    if (isBracketed) text += ']';
    return text.append(":").append(std::to_string(port));
}

Expected<Descriptor, std::error_code> listenOn(SocketAddress const &address, ListenOptions options) {
    Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.isOpen()) return lastError();
    if (!setOption(socket.get(), SOL_SOCKET, SO_REUSEADDR)) return lastError();
    if (options.isPortShared && !setOption(socket.get(), SOL_SOCKET, SO_REUSEPORT)) return lastError();
    // Accepted sockets inherit this, which saves a system call for each.
    if (!setOption(socket.get(), IPPROTO_TCP, TCP_NODELAY)) return lastError();
    if (::bind(socket.get(), address.get(), address.size()) != 0) return lastError();
    if (::listen(socket.get(), static_cast<int>(options.backlog)) != 0) return lastError();
    return socket;
}

std::uint16_t portOf(Descriptor const &socket) noexcept {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    if (::getsockname(socket.get(), reinterpret_cast<sockaddr *>(&storage), &size) != 0) return 0;
    if (storage.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in const *>(&storage)->sin_port);
    if (storage.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6 const *>(&storage)->sin6_port);
    return 0;
}

Expected<Descriptor, std::error_code> freshSocket(SocketAddress const &address) {
    Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.isOpen()) return lastError();
    if (!setOption(socket.get(), IPPROTO_TCP, TCP_NODELAY)) return lastError();
    return socket;
}

} // namespace Ichor::Detail
