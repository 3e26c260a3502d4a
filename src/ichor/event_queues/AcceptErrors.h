#pragma once

#include <cerrno>

namespace Ichor::Detail {

/// The connection has gone before it could be accepted, or it cannot be had; the next one may be fine.
///
/// Source:    accept(2)
[[nodiscard]] inline bool isOfOneConnection(int error) noexcept {
    switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH: return true;
    default: return false;
    }
}

} // namespace Ichor::Detail
