#include <ichor/services/http/HttpStatus.h>

namespace Ichor {

std::string_view reasonPhrase(HttpStatus status) noexcept {
    switch (status) {
    case HttpStatus::continue_: return "Continue";
    case HttpStatus::switchingProtocols: return "Switching Protocols";
    case HttpStatus::ok: return "OK";
    case HttpStatus::created: return "Created";
    case HttpStatus::accepted: return "Accepted";
    case HttpStatus::nonAuthoritativeInformation: return "Non-Authoritative Information";
    case HttpStatus::noContent: return "No Content";
    case HttpStatus::resetContent: return "Reset Content";
    case HttpStatus::partialContent: return "Partial Content";
    case HttpStatus::multipleChoices: return "Multiple Choices";
    case HttpStatus::movedPermanently: return "Moved Permanently";
    case HttpStatus::found: return "Found";
    case HttpStatus::seeOther: return "See Other";
    case HttpStatus::notModified: return "Not Modified";
    case HttpStatus::temporaryRedirect: return "Temporary Redirect";
    case HttpStatus::permanentRedirect: return "Permanent Redirect";
    case HttpStatus::badRequest: return "Bad Request";
    case HttpStatus::unauthorized: return "Unauthorized";
    case HttpStatus::paymentRequired: return "Payment Required";
    case HttpStatus::forbidden: return "Forbidden";
    case HttpStatus::notFound: return "Not Found";
    case HttpStatus::methodNotAllowed: return "Method Not Allowed";
    case HttpStatus::notAcceptable: return "Not Acceptable";
    case HttpStatus::proxyAuthenticationRequired: return "Proxy Authentication Required";
    case HttpStatus::requestTimeout: return "Request Timeout";
    case HttpStatus::conflict: return "Conflict";
    case HttpStatus::gone: return "Gone";
    case HttpStatus::lengthRequired: return "Length Required";
    case HttpStatus::preconditionFailed: return "Precondition Failed";
    case HttpStatus::contentTooLarge: return "Content Too Large";
    case HttpStatus::uriTooLong: return "URI Too Long";
    case HttpStatus::unsupportedMediaType: return "Unsupported Media Type";
    case HttpStatus::rangeNotSatisfiable: return "Range Not Satisfiable";
    case HttpStatus::expectationFailed: return "Expectation Failed";
    case HttpStatus::misdirectedRequest: return "Misdirected Request";
    case HttpStatus::unprocessableContent: return "Unprocessable Content";
    case HttpStatus::upgradeRequired: return "Upgrade Required";
    case HttpStatus::preconditionRequired: return "Precondition Required";
    case HttpStatus::tooManyRequests: return "Too Many Requests";
    case HttpStatus::headerFieldsTooLarge: return "Request Header Fields Too Large";
    case HttpStatus::internalServerError: return "Internal Server Error";
    case HttpStatus::notImplemented: return "Not Implemented";
    case HttpStatus::badGateway: return "Bad Gateway";
    case HttpStatus::serviceUnavailable: return "Service Unavailable";
    case HttpStatus::gatewayTimeout: return "Gateway Timeout";
    case HttpStatus::versionNotSupported: return "HTTP Version Not Supported";
    }
    return {};
}

} // namespace Ichor
