#pragma once

#include <ichor/event_queues/IOUringSockets.h>

#include <vector>

namespace Ichor::Detail {

/// A socket from which the kernel accepts until it is told otherwise.
///
/// Threads:   the queue's own
/// Lifetime:  its own after close(): until the kernel's last word
class IOUringAcceptor final : public IAcceptor, private IOUringSocket {
public:
    IOUringAcceptor(IOUringSockets &sockets, int socket, IAcceptorUser &user) noexcept;

    void resume() noexcept override;
    void close() noexcept override;
    void abandon() noexcept override;

private:
    class Accepting final : public IOUringOperation {
    public:
        explicit Accepting(IOUringAcceptor &acceptor) noexcept : _acceptor(acceptor) {}
        ~Accepting() = default;
        void prepare(io_uring_sqe &entry) noexcept override;
        void onCompletion(int result, unsigned flags) noexcept override { _acceptor.onAccepted(result, flags); }

    private:
        IOUringAcceptor &_acceptor;
    };

    class Cancelling final : public IOUringOperation {
    public:
        explicit Cancelling(IOUringAcceptor &acceptor) noexcept : _acceptor(acceptor) {}
        ~Cancelling() = default;
        void prepare(io_uring_sqe &entry) noexcept override;
        void onCompletion(int, unsigned) noexcept override;

    private:
        IOUringAcceptor &_acceptor;
    };

    ~IOUringAcceptor();

    void onAccepted(int result, unsigned flags) noexcept;
    void take(int socket) noexcept;
    void giveWaiting() noexcept;
    void arm() noexcept;
    void cancel() noexcept;
    void deleteIfOver() noexcept;

    IOUringSockets &_sockets;
    IAcceptorUser *_user; // nullptr: it was closed
    int const _socket;
    Accepting _accepting{*this};
    Cancelling _cancelling{*this};
    std::vector<int> _waiting; // accepted before the kernel heard that nobody wants them now; the first one first
    bool _isArmed{false};
    bool _isCancelling{false};
    bool _isPaused{false};
    unsigned _telling{0};
};

} // namespace Ichor::Detail
