#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace Ichor {

/// Why an exchange over HTTP came to nothing. A response with a status of 4xx or 5xx is none of these: it is a response.
class HttpError {
public:
    enum class Kind : std::uint8_t {
        CONNECTION_REFUSED, // nobody listens there
        UNREACHABLE,        // the address cannot be resolved or reached
        CLOSED,             // the peer ended the connection before the message was complete
        TIMEOUT,            // no answer within the time that was given
        CANCELLED,          // the caller, or the service that sends, is being stopped
        PROTOCOL,           // what came is not HTTP/1.1
        TOO_LARGE,          // the message exceeds a limit of ours
        SYSTEM,             // the operating system said no for another reason
    };
    static constexpr Kind CONNECTION_REFUSED = Kind::CONNECTION_REFUSED;
    static constexpr Kind UNREACHABLE = Kind::UNREACHABLE;
    static constexpr Kind CLOSED = Kind::CLOSED;
    static constexpr Kind TIMEOUT = Kind::TIMEOUT;
    static constexpr Kind CANCELLED = Kind::CANCELLED;
    static constexpr Kind PROTOCOL = Kind::PROTOCOL;
    static constexpr Kind TOO_LARGE = Kind::TOO_LARGE;
    static constexpr Kind SYSTEM = Kind::SYSTEM;

    HttpError(Kind kind) noexcept : _kind(kind) {}
    HttpError(Kind kind, std::string detail) noexcept : _kind(kind), _detail(std::move(detail)) {}

    [[nodiscard]] Kind kind() const noexcept { return _kind; }

    /// What went wrong in one sentence without a full stop: "connection refused: 127.0.0.1:8001".
    [[nodiscard]] std::string message() const;

    /// Two errors are the same when they are of the same kind, whatever they say.
    friend bool operator==(HttpError const &a, HttpError const &b) noexcept { return a._kind == b._kind; }
    friend bool operator==(HttpError const &error, Kind kind) noexcept { return error._kind == kind; }

private:
    Kind _kind;
    std::string _detail;
};

[[nodiscard]] std::string_view toString(HttpError::Kind kind) noexcept;

} // namespace Ichor
