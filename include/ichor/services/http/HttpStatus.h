#pragma once

#include <cstdint>
#include <string_view>

namespace Ichor {

/// Status codes of RFC 9110 section 15 and RFC 6585; any other code from 100 to 599 may be made with a cast.
enum class HttpStatus : std::uint16_t {
    continue_ = 100,
    switchingProtocols = 101,
    ok = 200,
    created = 201,
    accepted = 202,
    nonAuthoritativeInformation = 203,
    noContent = 204,
    resetContent = 205,
    partialContent = 206,
    multipleChoices = 300,
    movedPermanently = 301,
    found = 302,
    seeOther = 303,
    notModified = 304,
    temporaryRedirect = 307,
    permanentRedirect = 308,
    badRequest = 400,
    unauthorized = 401,
    paymentRequired = 402,
    forbidden = 403,
    notFound = 404,
    methodNotAllowed = 405,
    notAcceptable = 406,
    proxyAuthenticationRequired = 407,
    requestTimeout = 408,
    conflict = 409,
    gone = 410,
    lengthRequired = 411,
    preconditionFailed = 412,
    contentTooLarge = 413,
    uriTooLong = 414,
    unsupportedMediaType = 415,
    rangeNotSatisfiable = 416,
    expectationFailed = 417,
    misdirectedRequest = 421,
    unprocessableContent = 422,
    upgradeRequired = 426,
    preconditionRequired = 428,
    tooManyRequests = 429,
    headerFieldsTooLarge = 431,
    internalServerError = 500,
    notImplemented = 501,
    badGateway = 502,
    serviceUnavailable = 503,
    gatewayTimeout = 504,
    versionNotSupported = 505,
};

/// "Not Found"; empty for a code that has no registered phrase.
[[nodiscard]] std::string_view reasonPhrase(HttpStatus status) noexcept;

[[nodiscard]] constexpr std::uint16_t toNumber(HttpStatus status) noexcept { return static_cast<std::uint16_t>(status); }

/// 2xx.
[[nodiscard]] constexpr bool isSuccess(HttpStatus status) noexcept { return toNumber(status) / 100 == 2; }

} // namespace Ichor
