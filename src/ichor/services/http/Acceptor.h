#pragma once

#include "Descriptor.h"

#include <ichor/base/Expected.h>
#include <ichor/coroutines/IResumer.h>
#include <ichor/coroutines/TimerNode.h>
#include <ichor/event_queues/IReadiness.h>
#include <ichor/services/http/HttpHostConfig.h>

#include <cstdint>
#include <string>

namespace Ichor::Detail {

/// Listens, and accepts as many connections at once as there are, since one at a time lets the backlog overflow when thousands come. Out
/// of descriptors, it pauses and tries again; those that wait keep waiting in the backlog.
///
/// Threads:   the queue's own
class Acceptor final : private DescriptorWatch {
public:
    class IUser {
    public:
        virtual void onAccepted(Descriptor socket) noexcept = 0;
        /// False: let them wait until resume().
        [[nodiscard]] virtual bool mayAccept() const noexcept = 0;

    protected:
        ~IUser() = default;
    };

    Acceptor(IUser &user, IResumer &resumer, IReadiness &readiness) noexcept
        : _user(user), _resumer(resumer), _readiness(readiness), _retry(*this) {}
    ~Acceptor() { stop(); }

    [[nodiscard]] Expected<void, std::string> listen(HttpHostConfig const &config);
    void stop() noexcept;
    /// A reason to pause may have gone.
    void resume() noexcept {
        if (_isPaused) acceptAll();
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

    void onReady(Readiness) noexcept override { acceptAll(); }
    void acceptAll() noexcept;
    void pause() noexcept;

    IUser &_user;
    IResumer &_resumer;
    IReadiness &_readiness;
    Descriptor _socket;
    Retry _retry;
    std::uint16_t _port{0};
    bool _isPaused{false};
};

} // namespace Ichor::Detail
