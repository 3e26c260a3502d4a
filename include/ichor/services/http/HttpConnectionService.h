#pragma once

#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/dependency_management/AdvancedService.h>
#include <ichor/dependency_management/DependencyRegister.h>
#include <ichor/services/http/HttpConnectionConfig.h>
#include <ichor/services/http/IHttpConnectionService.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace Ichor {

namespace Detail {
class ClientConnection;
class OutputBuffer;
} // namespace Detail

/// Provides IHttpConnectionService: requests to Address and Port. Connects when a request needs it, so that it starts whether the server
/// runs or not, and keeps connections for the requests that follow. One connection carries one request at a time.
///
/// Threads:   the manager's own
/// Errors:    start() fails for a property that makes no sense, and names it
/// Example:   examples/ping/main.cpp
class HttpConnectionService final : public IHttpConnectionService, public AdvancedService<HttpConnectionService> {
public:
    HttpConnectionService(DependencyRegister &, Properties properties);
    ~HttpConnectionService() override;

    [[nodiscard]] Task<Expected<HttpResponse, HttpError>> send(HttpMethod method, std::string path, HttpHeaders headers = {},
                                                               HttpBody body = {}) override;

private:
    using Result = Expected<HttpResponse, HttpError>;
    class Lease;

    Task<Expected<void, StartError>> start() override;
    Task<void> stop() override;

    [[nodiscard]] Task<Result> exchange(HttpMethod method, std::string const &path, HttpHeaders const &headers, HttpBody const &body);
    [[nodiscard]] Task<Result> attempt(Detail::ClientConnection &connection, HttpMethod method, Detail::OutputBuffer const &request);
    [[nodiscard]] Expected<std::unique_ptr<Detail::ClientConnection>, HttpError> connect();
    void keepIdle(std::unique_ptr<Detail::ClientConnection> connection);
    [[nodiscard]] std::unique_ptr<Detail::ClientConnection> takeIdle() noexcept;

    HttpConnectionConfig _config;
    std::string _host;
    std::vector<std::unique_ptr<Detail::ClientConnection>> _idle;
    std::size_t _inUse{0};
    AsyncAutoResetEvent _hasRoom; // set when fewer than `connections` are in use
};

} // namespace Ichor
