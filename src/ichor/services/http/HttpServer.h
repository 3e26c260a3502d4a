#pragma once

#include "Acceptor.h"
#include "DeadlineWheel.h"
#include "Exchange.h"
#include "RouteTable.h"
#include "ServerConnection.h"
#include "ServerWorkspace.h"

#include <ichor/base/Expected.h>
#include <ichor/base/IntrusiveList.h>
#include <ichor/base/UniqueFunction.h>
#include <ichor/coroutines/Wakeup.h>
#include <ichor/event_queues/IEventQueue.h>
#include <ichor/services/http/HttpHostConfig.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace Ichor::Detail {

/// Accepts connections, answers their requests by the routes, and has in common what no connection needs for itself.
///
/// Threads:   the queue's own
class HttpServer final : private Acceptor::IUser {
public:
    HttpServer(IEventQueue &queue, ISockets &sockets, HttpHostConfig config, Priority priority);
    HttpServer(HttpServer const &) = delete;
    HttpServer &operator=(HttpServer const &) = delete;
    ~HttpServer();

    /// Errors:    what is wrong with the address, which it names
    [[nodiscard]] Expected<void, std::string> listen();
    [[nodiscard]] std::uint16_t port() const noexcept { return _acceptor.port(); }
    [[nodiscard]] RouteTable &routes() noexcept { return _routes; }

    /// Takes no more connections and requests; those that run are answered. `onDrained` hears when none is left.
    void drain(UniqueFunction<void()> onDrained);
    /// Drops all connections, and ends what runs for them.
    void closeAll() noexcept;
    [[nodiscard]] bool isDrained() const noexcept { return _connections.isEmpty() && _exchangesInUse.isEmpty(); }

    [[nodiscard]] std::size_t connectionCount() const noexcept { return _connectionCount; }

    // For its connections and exchanges.
    [[nodiscard]] HttpHostConfig const &config() const noexcept { return _config; }
    [[nodiscard]] ServerWorkspace &workspace() noexcept { return _workspace; }
    [[nodiscard]] DeadlineWheel &deadlines() noexcept { return _deadlines; }
    [[nodiscard]] ISockets &sockets() noexcept { return _sockets; }
    [[nodiscard]] IEventQueue &queue() noexcept { return _queue; }
    [[nodiscard]] std::span<char> receiveBuffer() noexcept { return _receiveBuffer; }
    [[nodiscard]] std::uint32_t idleTicks() const noexcept { return _idleTicks; }

    /// With each tick of the deadlines the date is renewed, but they rest while all that there is are handlers that take their time.
    void renewDateIfNobodyDoes() noexcept {
        if (!_deadlines.isRunning()) renewDate();
    }

    void dispatch(ServerConnection &connection);
    void dispatchHead(ServerConnection &connection);
    void goOnSoon(ServerConnection &connection) noexcept;
    void connectionClosed(ServerConnection &connection) noexcept;
    void giveBack(Exchange &exchange) noexcept;

    ServerConnection *turn{nullptr}; // whose output the workspace's is at the moment

private:
    /// Does what has to wait until the queue comes round.
    class Later final : public Wakeup {
    public:
        explicit Later(HttpServer &server) noexcept : _server(server) {}
        ~Later() = default;
        void wake() noexcept override { _server.later(); }

    private:
        HttpServer &_server;
    };

    void onAccepted(Descriptor socket) noexcept override;
    [[nodiscard]] bool mayAccept() const noexcept override { return _connectionCount < _config.limits.connections; }

    [[nodiscard]] Exchange &takeExchange();
    [[nodiscard]] Exchange &prepareExchange(ServerConnection &connection, RouteMatch const &match, HttpBodyMode mode);
    void runExchange(ServerConnection &connection, RouteMatch const &match, HttpBodyMode mode);
    void answerPlain(ServerConnection &connection, RouteMatch const &match);
    void answerWithout(ServerConnection &connection, RouteMatch const &match);
    void answerUnavailable(ServerConnection &connection);
    void renewDate() noexcept;
    void later() noexcept;
    void postLater() noexcept;
    void tellWhenDrained() noexcept;

    using Connections = IntrusiveList<ServerConnection, &ServerConnection::hook>;
    using Exchanges = IntrusiveList<Exchange, &Exchange::hook>;

    IEventQueue &_queue;
    ISockets &_sockets;
    HttpHostConfig const _config;
    Priority const _priority;
    ServerWorkspace _workspace;
    RouteTable _routes;
    DeadlineWheel _deadlines;
    Acceptor _acceptor;
    Later _later;
    Connections _connections;
    Connections _closed; // to be destroyed once nobody is inside of them
    IntrusiveList<ServerConnection, &ServerConnection::soonHook> _soon;
    Exchanges _exchangesInUse;
    Exchanges _spareExchanges;
    Exchanges _uselessExchanges; // more than are worth keeping; to be destroyed once nobody is inside of them
    std::size_t _spareCount{0};
    std::size_t _connectionCount{0};
    std::uint32_t const _idleTicks;
    UniqueFunction<void()> _onDrained;
    std::array<char, 64 * 1024> _receiveBuffer;
};

} // namespace Ichor::Detail
