#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>

namespace Benchmarks {

/// What the bare loops answer: as long as what the others answer.
constexpr std::string_view ANSWER = "HTTP/1.1 200 OK\r\n"
                                    "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                                    "Content-Type: application/json\r\n"
                                    "Content-Length: 14\r\n"
                                    "\r\n"
                                    "{\"sequence\":2}";

[[noreturn]] inline void fail(char const *what) {
    std::perror(what);
    std::exit(1);
}

/// Bytes of the first request in `text`; 0: it is not all there.
inline std::size_t sizeOfRequest(std::string_view text) {
    constexpr std::string_view LENGTH = "\r\ncontent-length:";
    std::size_t const end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    std::size_t body = 0;
    for (std::size_t line = text.find("\r\n"); line < end; line = text.find("\r\n", line + 2)) {
        if (strncasecmp(text.data() + line, LENGTH.data(), LENGTH.size()) != 0) continue;
        body = std::strtoul(text.data() + line + LENGTH.size(), nullptr, 10);
        break;
    }
    std::size_t const size = end + 4 + body;
    return size <= text.size() ? size : 0;
}

/// A socket that does not block and whose connections send at once. Ends the program where it cannot be had.
inline int listenOn(char const *address, std::uint16_t port) {
    int const listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int const on = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    ::setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); // what is accepted has it too
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    if (::inet_pton(AF_INET, address, &at.sin_addr) != 1) fail(address);
    if (::bind(listener, reinterpret_cast<sockaddr *>(&at), sizeof(at)) != 0) fail("bind");
    if (::listen(listener, 4096) != 0) fail("listen");
    return listener;
}

} // namespace Benchmarks
