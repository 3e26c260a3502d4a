#pragma once

#include <ichor/base/UniqueFunction.h>
#include <ichor/services/http/HttpError.h>
#include <ichor/services/http/HttpMethod.h>
#include <ichor/services/http/HttpResponse.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace Ichor::Detail {

/// What a client takes from one server in one response.
struct ResponseLimits {
    std::uint32_t headerBytes{32 * 1024};
    std::uint64_t bodyBytes{64 * 1024 * 1024};
};

/// Reads responses, one after the other, with the parser of Boost.Beast, which stays in the source file. Guarded against what that one lets
/// through or cannot stand: framing that can be understood in two ways, codings that are not implemented, headers in pieces, chunk
/// extensions, trailers and interim responses without end.
///
/// Threads:   one at a time
/// Source:    RFC 9112 section 6.3; Boost.Beast 1.81
class ResponseParser {
public:
    enum class Result : std::uint8_t { NEED_MORE, COMPLETE, FAILED };

    explicit ResponseParser(ResponseLimits limits);
    ResponseParser(ResponseParser const &) = delete;
    ResponseParser &operator=(ResponseParser const &) = delete;
    ~ResponseParser();

    /// Ready for the response to a request with that method. With `onPart` the body is handed over as it comes, and not collected.
    void begin(HttpMethod method, UniqueFunction<void(std::string_view)> *onPart);

    /// Takes bytes as they arrive. After COMPLETE what follows is not looked at: nobody has asked for it.
    [[nodiscard]] Result parse(std::string_view bytes);

    /// The peer has closed: a body may end with that.
    [[nodiscard]] Result finish();

    /// After COMPLETE.
    [[nodiscard]] HttpResponse takeResponse();
    /// After COMPLETE: another request may be sent, for nothing came behind the response, and it did not switch to another protocol.
    [[nodiscard]] bool isReusable() const noexcept;

    /// After FAILED.
    [[nodiscard]] HttpError const &error() const noexcept;
    /// Nothing of the response has arrived.
    [[nodiscard]] bool isUntouched() const noexcept;

private:
    class Beast;
    std::unique_ptr<Beast> _beast;
};

} // namespace Ichor::Detail
