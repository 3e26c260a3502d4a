#include "RequestMessage.h"

#include "Characters.h"

#include <algorithm>

namespace Ichor::Detail {

void RequestHead::clear() noexcept {
    method = HttpMethod::get;
    minorVersion = 1;
    isKeptAlive = true;
    isChunked = hasLength = isContinueExpected = isPathRewritten = false;
    size = 0;
    contentLength = 0;
    target = path = query = host = TextRange{};
    fields.clear();
}

void RequestMessage::clear() noexcept {
    head.clear();
    queryFields.clear();
    base = nullptr;
    bodyAt = bodySize = 0;
}

std::optional<std::string_view> RequestMessage::field(std::string_view name) const noexcept {
    for (FieldRange const &range : head.fields) {
        if (equalsIgnoringCase(view(range.name), name)) return view(range.value);
    }
    return std::nullopt;
}

void RequestMessage::copyFrom(RequestMessage const &other, std::vector<char> &bytes) {
    queryFields.clear();
    head = other.head;
    bodyAt = other.bodyAt;
    bodySize = other.bodySize;
    // An empty body lies at the end of the head, so this covers both.
    bytes.assign(other.base, other.base + std::max<std::size_t>(bodyAt + bodySize, head.size));
    base = bytes.data();
}

} // namespace Ichor::Detail
