#pragma once

#include <ichor/coroutines/AsyncGenerator.h>

#include <string>
#include <string_view>
#include <utility>

namespace Ichor {

/// A response body that is made while it is sent: the host asks the generator for the next part when the peer has taken enough of those
/// before. It runs for the service whose route answers with it, and ends with that service or with the connection. When the service stops
/// while other answers are still due before it, the client gets 503 in its place.
///
/// Example:   return HttpResponse::stream(lines(file)).with("Content-Type", "text/csv");
class HttpBodyStream {
public:
    HttpBodyStream(AsyncGenerator<std::string> parts) noexcept : _parts(std::move(parts)) {}

    [[nodiscard]] AsyncGenerator<std::string> &parts() noexcept { return _parts; }

private:
    AsyncGenerator<std::string> _parts;
};

} // namespace Ichor
