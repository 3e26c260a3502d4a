#include <ichor/services/http/HttpError.h>

namespace Ichor {

std::string_view toString(HttpError::Kind kind) noexcept {
    switch (kind) {
    case HttpError::Kind::CONNECTION_REFUSED: return "connection refused";
    case HttpError::Kind::UNREACHABLE: return "unreachable";
    case HttpError::Kind::CLOSED: return "connection closed by the peer";
    case HttpError::Kind::TIMEOUT: return "timed out";
    case HttpError::Kind::CANCELLED: return "cancelled";
    case HttpError::Kind::PROTOCOL: return "not valid HTTP/1.1";
    case HttpError::Kind::TOO_LARGE: return "too large";
    case HttpError::Kind::SYSTEM: return "system error";
    }
    return "unknown error";
}

std::string HttpError::message() const {
    std::string text(toString(_kind));
    if (_detail.empty()) return text;
    return text.append(": ").append(_detail);
}

} // namespace Ichor
