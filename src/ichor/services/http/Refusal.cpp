#include "Refusal.h"

namespace Ichor::Detail {

HttpStatus statusOf(Refusal refusal) noexcept {
    switch (refusal) {
    case Refusal::METHOD_UNKNOWN:
    case Refusal::CODING_UNKNOWN: return HttpStatus::notImplemented;
    case Refusal::LENGTH_MISSING: return HttpStatus::lengthRequired;
    case Refusal::TARGET_TOO_LONG: return HttpStatus::uriTooLong;
    case Refusal::VERSION_UNSUPPORTED: return HttpStatus::versionNotSupported;
    case Refusal::HEADER_TOO_LARGE:
    case Refusal::TRAILER_TOO_LARGE: return HttpStatus::headerFieldsTooLarge;
    case Refusal::EXPECTATION_UNKNOWN: return HttpStatus::expectationFailed;
    case Refusal::BODY_TOO_LARGE: return HttpStatus::contentTooLarge;
    case Refusal::TOO_SLOW: return HttpStatus::requestTimeout;
    default: return HttpStatus::badRequest;
    }
}

std::string_view describe(Refusal refusal) noexcept {
    switch (refusal) {
    case Refusal::NONE: return "nothing is wrong";
    case Refusal::METHOD_MALFORMED: return "the request does not begin with a method";
    case Refusal::METHOD_UNKNOWN: return "the request method is not implemented";
    case Refusal::TARGET_MALFORMED: return "the request target is malformed";
    case Refusal::TARGET_TOO_LONG: return "the request target is too long";
    case Refusal::TARGET_ESCAPES_ROOT: return "the path of the request target leads above its root";
    case Refusal::VERSION_MALFORMED: return "the request line does not end with an HTTP version";
    case Refusal::VERSION_UNSUPPORTED: return "only HTTP/1.0 and HTTP/1.1 are spoken here";
    case Refusal::LINE_END_MALFORMED: return "a line does not end with CR LF";
    case Refusal::FIELD_NAME_MALFORMED: return "the name of a header field is malformed";
    case Refusal::FIELD_VALUE_MALFORMED: return "the value of a header field contains a control character";
    case Refusal::FIELD_FOLDED: return "a header field is folded over several lines";
    case Refusal::HEADER_TOO_LARGE: return "the header is too large";
    case Refusal::HOST_MISSING: return "the Host header field is missing";
    case Refusal::HOST_REPEATED: return "there is more than one Host header field";
    case Refusal::HOST_MALFORMED: return "the host is malformed";
    case Refusal::LENGTH_MISSING: return "a request of HTTP/1.0 with a body needs a Content-Length";
    case Refusal::LENGTH_MALFORMED: return "Content-Length is not a number";
    case Refusal::LENGTH_REPEATED: return "there is more than one Content-Length";
    case Refusal::LENGTH_AND_CODING: return "there are both Content-Length and Transfer-Encoding";
    case Refusal::CODING_MALFORMED: return "Transfer-Encoding is malformed";
    case Refusal::CODING_NOT_CHUNKED: return "the last transfer coding is not chunked";
    case Refusal::CODING_IN_OLD_VERSION: return "HTTP/1.0 has no Transfer-Encoding";
    case Refusal::CODING_UNKNOWN: return "no transfer coding but chunked is implemented";
    case Refusal::EXPECTATION_UNKNOWN: return "the expectation cannot be met";
    case Refusal::BODY_TOO_LARGE: return "the body is too large";
    case Refusal::CHUNK_SIZE_MALFORMED: return "the size of a chunk is malformed";
    case Refusal::CHUNK_EXTENSION_MALFORMED: return "the extension of a chunk is malformed";
    case Refusal::CHUNK_EXTENSIONS_TOO_LARGE: return "the extensions of the chunks are too large";
    case Refusal::CHUNK_END_MALFORMED: return "a chunk does not end with CR LF";
    case Refusal::TRAILER_MALFORMED: return "a trailer field is malformed";
    case Refusal::TRAILER_TOO_LARGE: return "the trailer is too large";
    case Refusal::TOO_SLOW: return "the request did not arrive in time";
    }
    return {};
}

} // namespace Ichor::Detail
