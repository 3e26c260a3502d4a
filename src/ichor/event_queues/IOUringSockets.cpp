#include <ichor/event_queues/IOUringSockets.h>

#include <ichor/event_queues/IOUringAcceptor.h>
#include <ichor/event_queues/IOUringStream.h>
#include <ichor/event_queues/SystemFailure.h>

#include <cerrno>
#include <new>

#include <fcntl.h>

namespace Ichor::Detail {

Expected<ByteStreamPtr, std::error_code> IOUringSockets::open(int socket, IByteStreamUser &user) {
    auto *const stream = new (std::nothrow) IOUringStream(*this, socket, user);
    if (stream == nullptr) return systemFailure(ENOMEM);
    stream->beginReceiving();
    return ByteStreamPtr(stream);
}

Expected<ByteStreamPtr, std::error_code> IOUringSockets::connect(int socket, sockaddr const &address, std::uint32_t addressSize,
                                                                 IByteStreamUser &user) {
    auto *const stream = new (std::nothrow) IOUringStream(*this, socket, user);
    if (stream == nullptr) return systemFailure(ENOMEM);
    if (!stream->beginConnecting(address, addressSize)) {
        stream->disown();
        stream->abandon();
        return systemFailure(ENOMEM);
    }
    return ByteStreamPtr(stream);
}

Expected<AcceptorPtr, std::error_code> IOUringSockets::accept(int listeningSocket, IAcceptorUser &user) {
    // The kernel would say so too, but only later.
    if (::fcntl(listeningSocket, F_GETFD) < 0) return systemFailure(errno);
    auto *const acceptor = new (std::nothrow) IOUringAcceptor(*this, listeningSocket, user);
    if (acceptor == nullptr) return systemFailure(ENOMEM);
    return AcceptorPtr(acceptor);
}

} // namespace Ichor::Detail
