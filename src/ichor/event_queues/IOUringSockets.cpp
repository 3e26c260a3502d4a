#include <ichor/event_queues/IOUringSockets.h>

#include <ichor/event_queues/IOUringAcceptor.h>
#include <ichor/event_queues/IOUringStream.h>

#include <cerrno>
#include <new>

#include <fcntl.h>

namespace Ichor::Detail {

namespace {

unexpected<std::error_code> failure(int error) { return unexpected<std::error_code>(std::error_code(error, std::system_category())); }

} // namespace

Expected<ByteStreamPtr, std::error_code> IOUringSockets::open(int socket, IByteStreamUser &user) {
    auto *const stream = new (std::nothrow) IOUringStream(*this, socket, user);
    if (stream == nullptr) return failure(ENOMEM);
    stream->beginReceiving();
    return ByteStreamPtr(stream);
}

Expected<ByteStreamPtr, std::error_code> IOUringSockets::connect(int socket, sockaddr const &address, std::uint32_t addressSize,
                                                                 IByteStreamUser &user) {
    auto *const stream = new (std::nothrow) IOUringStream(*this, socket, user);
    if (stream == nullptr) return failure(ENOMEM);
    if (!stream->beginConnecting(address, addressSize)) {
        stream->disown();
        stream->abandon();
        return failure(ENOMEM);
    }
    return ByteStreamPtr(stream);
}

Expected<AcceptorPtr, std::error_code> IOUringSockets::accept(int listeningSocket, IAcceptorUser &user) {
    // The kernel would say so too, but only later.
    if (::fcntl(listeningSocket, F_GETFD) < 0) return failure(errno);
    auto *const acceptor = new (std::nothrow) IOUringAcceptor(*this, listeningSocket, user);
    if (acceptor == nullptr) return failure(ENOMEM);
    return AcceptorPtr(acceptor);
}

} // namespace Ichor::Detail
