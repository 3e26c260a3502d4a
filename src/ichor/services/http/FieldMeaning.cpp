#include "FieldMeaning.h"

#include "CharacterScan.h"
#include "RequestTarget.h"

#include <limits>

namespace Ichor::Detail {

Refusal FieldMeaning::read(std::string_view name, std::string_view value, TextRange valueRange, RequestHead &head) noexcept {
    switch (name.size()) { // no two of them are of the same length
    case 4: return isNamed(name, "host") ? readHost(value, valueRange, head) : Refusal::NONE;
    case 6: return isNamed(name, "expect") ? readExpectation(value) : Refusal::NONE;
    case 10:
        if (isNamed(name, "connection")) readConnection(value);
        return Refusal::NONE;
    case 14: return isNamed(name, "content-length") ? readLength(value, head) : Refusal::NONE;
    case 17: return isNamed(name, "transfer-encoding") ? readCodings(value) : Refusal::NONE;
    default: return Refusal::NONE;
    }
}

Refusal FieldMeaning::conclude(RequestHead &head) const noexcept {
    bool const isOld = head.minorVersion == 0;
    if (!_hasHost && !isOld) return Refusal::HOST_MISSING;
    if (_hasCoding) {
        if (_hasLength) return Refusal::LENGTH_AND_CODING;
        if (isOld) return Refusal::CODING_IN_OLD_VERSION;
        if (!_isLastCodingChunked) return Refusal::CODING_NOT_CHUNKED;
        if (_hasUnknownCoding) return Refusal::CODING_UNKNOWN;
    }
    bool const hasBody = head.method == HttpMethod::post || head.method == HttpMethod::put || head.method == HttpMethod::patch;
    if (isOld && hasBody && !_hasLength) return Refusal::LENGTH_MISSING;
    head.isChunked = _hasCoding;
    head.hasLength = _hasLength;
    head.isContinueExpected = _isContinueExpected && !isOld;
    head.isKeptAlive = !_isCloseAsked && (!isOld || _isKeepAliveAsked);
    return Refusal::NONE;
}

Refusal FieldMeaning::readHost(std::string_view value, TextRange range, RequestHead &head) noexcept {
    if (_hasHost) return Refusal::HOST_REPEATED;
    _hasHost = true;
    if (!isHost(value)) return Refusal::HOST_MALFORMED;
    if (head.host.size == 0) head.host = range; // an absolute target has said it already, and what it says counts
    return Refusal::NONE;
}

Refusal FieldMeaning::readLength(std::string_view value, RequestHead &head) noexcept {
    if (_hasLength) return Refusal::LENGTH_REPEATED;
    _hasLength = true;
    if (value.empty()) return Refusal::LENGTH_MALFORMED;
    constexpr std::uint64_t MAXIMUM = std::numeric_limits<std::int64_t>::max();
    std::uint64_t length = 0;
    for (char c : value) {
        if (!isDigit(c)) return Refusal::LENGTH_MALFORMED;
        auto const digit = static_cast<std::uint64_t>(c - '0');
        if (length > (MAXIMUM - digit) / 10) return Refusal::LENGTH_MALFORMED;
        length = length * 10 + digit;
    }
    head.contentLength = length;
    return Refusal::NONE;
}

Refusal FieldMeaning::readCodings(std::string_view value) noexcept {
    _hasCoding = true;
    bool const isInOrder = forEachElement(value, [this](std::string_view coding) {
        if (_isLastCodingChunked) return false; // chunked is the last one, and comes once
        _isLastCodingChunked = equalsIgnoringCase(coding, "chunked");
        if (!_isLastCodingChunked) _hasUnknownCoding = true;
        return true;
    });
    return isInOrder ? Refusal::NONE : Refusal::CODING_MALFORMED;
}

Refusal FieldMeaning::readExpectation(std::string_view value) noexcept {
    if (!equalsIgnoringCase(value, "100-continue")) return Refusal::EXPECTATION_UNKNOWN;
    _isContinueExpected = true;
    return Refusal::NONE;
}

void FieldMeaning::readConnection(std::string_view value) noexcept {
    forEachElement(value, [this](std::string_view option) {
        if (equalsIgnoringCase(option, "close")) _isCloseAsked = true;
        if (equalsIgnoringCase(option, "keep-alive")) _isKeepAliveAsked = true;
        return true;
    });
}

} // namespace Ichor::Detail
