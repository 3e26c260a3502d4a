#pragma once

#include <ichor/event_queues/IOUringSockets.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

#include <sys/socket.h>

namespace Ichor::Detail {

/// A connected socket that the kernel receives from until it is told otherwise, and sends to one block at a time.
///
/// Threads:   the queue's own
/// Lifetime:  its own after close(): until the kernel has done with the socket
class IOUringStream final : public IByteStream, private IOUringSocket {
public:
    IOUringStream(IOUringSockets &sockets, int socket, IByteStreamUser &user) noexcept;

    void beginReceiving() noexcept;
    /// False: memory is out.
    [[nodiscard]] bool beginConnecting(sockaddr const &address, std::uint32_t size) noexcept;

    /// The socket is the caller's again.
    void disown() noexcept { _socket = -1; }

    Received receive(std::span<char> scratch) noexcept override;
    Sent send(std::string_view bytes) noexcept override;
    void endOutput() noexcept override;
    std::error_code connectionResult() noexcept override { return _sendError; }
    bool isQuiet() noexcept override;
    void close() noexcept override;
    void abort() noexcept override;
    void abandon() noexcept override;

private:
    struct Address {
        sockaddr_storage storage;
        std::uint32_t size;
    };

    class Receiving final : public IOUringOperation {
    public:
        explicit Receiving(IOUringStream &stream) noexcept : _stream(stream) {}
        ~Receiving() = default;
        void prepare(io_uring_sqe &entry) noexcept override;
        void onCompletion(int result, unsigned flags) noexcept override { _stream.onReceived(result, flags); }

    private:
        IOUringStream &_stream;
    };

    /// Connects as well, before there is something to send.
    class Sending final : public IOUringOperation {
    public:
        explicit Sending(IOUringStream &stream) noexcept : _stream(stream) {}
        ~Sending() = default;
        void prepare(io_uring_sqe &entry) noexcept override;
        void onCompletion(int result, unsigned) noexcept override;

    private:
        IOUringStream &_stream;
    };

    /// Takes back what is in flight, and closes.
    class Ending final : public IOUringOperation {
    public:
        explicit Ending(IOUringStream &stream) noexcept : _stream(stream) {}
        ~Ending() = default;
        void prepare(io_uring_sqe &entry) noexcept override;
        void onCompletion(int, unsigned) noexcept override { _stream.onStepEnded(); }

    private:
        IOUringStream &_stream;
    };

    enum class Step : std::uint8_t { NONE, PAUSING, CANCELLING, CLOSING, CLOSED };

    ~IOUringStream();

    void onReceived(int result, unsigned flags) noexcept;
    void takeIn(unsigned short buffer, std::size_t size) noexcept;
    void hold(std::span<char> bytes) noexcept;
    void failReceiving() noexcept;
    void pause() noexcept;
    void resume() noexcept;

    void onConnected(int result) noexcept;
    void onSent(int result) noexcept;
    void failSending(int error) noexcept;
    void releaseBlock() noexcept;

    void onStepEnded() noexcept;
    void beginStep(Step step) noexcept;
    void tell(Readiness readiness) noexcept;
    void deleteIfOver() noexcept;

    IOUringSockets &_sockets;
    IByteStreamUser *_user; // nullptr: it was closed
    int _socket;            // -1: closed
    Receiving _receiving{*this};
    Sending _sending{*this};
    Ending _ending{*this};

    std::span<char> _arrived;         // in a provided buffer, inside the call that tells of it
    std::vector<char> _held;          // what was not received while it could be
    std::vector<char> _lent;          // of that, what receive() gave out last
    std::unique_ptr<char[]> _block;   // nullptr: nothing is being sent
    std::unique_ptr<Address> _target; // while it connects
    std::uint32_t _blockSize{0};
    std::uint32_t _sentSize{0}; // of the block
    std::error_code _sendError;
    bool _isReceiving{false};
    bool _isSending{false};
    bool _isPaused{false}; // too much is held
    bool _isEnded{false};  // the peer has ended its output
    bool _hasFailed{false};
    bool _isRoomAwaited{false};  // send() did not take all
    bool _isOutputEnding{false}; // once the block is sent
    std::uint8_t _telling{0};    // how many calls of the user we are inside
    Step _step{Step::NONE};
};

} // namespace Ichor::Detail
