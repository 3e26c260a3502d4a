#pragma once

#include "Descriptor.h"

#include <ichor/base/Expected.h>
#include <ichor/coroutines/IResumer.h>
#include <ichor/coroutines/TimerNode.h>
#include <ichor/event_queues/ISockets.h>
#include <ichor/services/http/HttpHostConfig.h>

#include <cstdint>
#include <string>

namespace Ichor::Detail {

/// Listens, and accepts connections. Out of descriptors, it pauses and tries again; those that wait keep waiting in the backlog.
///
/// Threads:   the queue's own
class Acceptor final : private IAcceptorUser {
public:
    class IUser {
    public:
        virtual void onAccepted(Descriptor socket) noexcept = 0;
        /// False: let them wait until resume().
        [[nodiscard]] virtual bool mayAccept() const noexcept = 0;

    protected:
        ~IUser() = default;
    };

    Acceptor(IUser &user, IResumer &resumer, ISockets &sockets) noexcept
        : _user(user), _resumer(resumer), _sockets(sockets), _retry(*this) {}
    ~Acceptor() { stop(); }

    [[nodiscard]] Expected<void, std::string> listen(HttpHostConfig const &config);
    void stop() noexcept;
    /// A reason to pause may have gone.
    void resume() noexcept {
        if (!_isPaused || _acceptor == nullptr) return;
        _isPaused = false;
        _acceptor->resume();
    }
    [[nodiscard]] std::uint16_t port() const noexcept { return _port; }

private:
    class Retry final : public TimerNode {
    public:
        explicit Retry(Acceptor &acceptor) noexcept : _acceptor(acceptor) {}
        ~Retry() = default;
        void wake() noexcept override { _acceptor.resume(); }

    private:
        Acceptor &_acceptor;
    };

    void onAccepted(int socket) noexcept override { _user.onAccepted(Descriptor(socket)); }
    [[nodiscard]] bool mayAccept() const noexcept override {
        _isPaused = !_user.mayAccept();
        return !_isPaused;
    }
    void onAcceptFailed(std::error_code error) noexcept override;

    IUser &_user;
    IResumer &_resumer;
    ISockets &_sockets;
    Descriptor _socket;
    AcceptorPtr _acceptor;
    Retry _retry;
    std::uint16_t _port{0};
    mutable bool _isPaused{false}; // somebody said no
};

} // namespace Ichor::Detail
