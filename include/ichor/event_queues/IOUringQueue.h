#pragma once

#include <ichor/event_queues/IEventQueue.h>

#include <cstdint>
#include <memory>
#include <string>

namespace Ichor {

namespace Detail {
class IOUringDriver;
}

/// What an IOUringQueue is to use. The defaults suit a server of any size.
struct IOUringOptions {
    /// How the kernel hands over completions: best first. A kernel that does not have one is asked for the next.
    enum class Tasks : std::uint8_t {
        DEFERRED,    // when the loop asks for them (Linux 6.1)
        COOPERATIVE, // with the loop's next system call (Linux 5.19)
        PLAIN,       // by interrupting it
    };
    enum class Sockets : std::uint8_t {
        COMPLETIONS, // the kernel receives, sends and accepts (Linux 6.0)
        READINESS,   // it tells when we can
    };

    Tasks tasks{Tasks::DEFERRED};
    Sockets sockets{Sockets::COMPLETIONS};

    /// Operations begun in one turn, and completions that may wait. More than that cost extra system calls, and nothing is lost.
    unsigned submissionEntries{1024};
    unsigned completionEntries{4096};

    /// How many buffers of 4 KiB all sockets share for what they receive, at most; there are as many as were ever needed at once.
    unsigned receiveBuffers{4096};
};

/// What io_uring can do here.
struct IOUringSupport {
    bool isUsable{false};
    bool hasCompletionSockets{false};
    IOUringOptions::Tasks tasks{IOUringOptions::Tasks::PLAIN};
    std::string description; // of what is used, or why nothing can be; half a sentence
};

/// A queue that waits in an io_uring: the kernel moves the bytes of sockets by itself, and one system call a turn begins all that the turn
/// has to send and waits for what comes next.
///
/// Threads:   see IEventQueue; may be constructed and destroyed on another thread than the one it runs on
/// Errors:    std::system_error when io_uring is forbidden, as in many containers, or the kernel is older than 5.13; probe() asks before
/// Source:    io_uring(7)
class IOUringQueue : public IEventQueue {
public:
    explicit IOUringQueue(QueueOptions const &options = {}, IOUringOptions const &ringOptions = {});
    ~IOUringQueue() override;

    /// What an IOUringQueue could use now.
    ///
    /// Threads:   any
    [[nodiscard]] static IOUringSupport probe(IOUringOptions const &ringOptions = {});

    /// What this one uses.
    [[nodiscard]] IOUringSupport const &support() const noexcept { return _support; }

private:
    IOUringQueue(std::unique_ptr<Detail::IOUringDriver> driver, QueueOptions const &options);

    IOUringSupport const &_support;
};

} // namespace Ichor
