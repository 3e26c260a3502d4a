#pragma once

#include <sys/socket.h>

namespace Ichor::Detail {

/// From here on the kernel throws away what it has not sent when the socket is closed, and resets the connection (socket(7), SO_LINGER).
inline void resetWhenClosed(int socket) noexcept {
    linger const atOnce{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &atOnce, sizeof(atOnce));
}

} // namespace Ichor::Detail
