#pragma once

#include <ichor/event_queues/ISockets.h>

namespace Ichor::Detail {

/// Sockets on readiness: wait until the kernel has something, then ask for it. For every queue that watches descriptors.
///
/// Threads:   the queue's own
class ReadinessSockets final : public ISockets {
public:
    explicit ReadinessSockets(IReadiness &readiness) noexcept : _readiness(readiness) {}
    ReadinessSockets(ReadinessSockets const &) = delete;
    ReadinessSockets &operator=(ReadinessSockets const &) = delete;
    ~ReadinessSockets() = default;

    [[nodiscard]] Expected<ByteStreamPtr, std::error_code> open(int socket, IByteStreamUser &user) override;
    [[nodiscard]] Expected<ByteStreamPtr, std::error_code> connect(int socket, sockaddr const &address, std::uint32_t addressSize,
                                                                   IByteStreamUser &user) override;
    [[nodiscard]] Expected<AcceptorPtr, std::error_code> accept(int listeningSocket, IAcceptorUser &user) override;

private:
    IReadiness &_readiness;
};

} // namespace Ichor::Detail
