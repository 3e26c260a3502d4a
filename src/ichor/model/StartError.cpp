#include <ichor/model/StartError.h>

namespace Ichor {

std::string_view StartError::message() const noexcept {
    if (!_message.empty()) return _message;
    switch (_kind) {
    case Kind::FAILED: return "failed without a reason given";
    case Kind::CANCELLED: return "cancelled before it had started";
    }
    return "unknown";
}

} // namespace Ichor
