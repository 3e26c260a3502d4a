#pragma once

#include <ichor/event_queues/IEventQueue.h>

namespace boost::asio {
class io_context;
}

namespace Ichor {

namespace Detail {
class AsioDriver;
}

/// A queue for programs that bring Asio code of their own: its loop runs an io_context on the same thread.
///
/// Threads:   see IEventQueue
/// Errors:    boost::system::system_error when the system refuses the descriptors that it needs
class BoostAsioQueue final : public IEventQueue {
public:
    explicit BoostAsioQueue(QueueOptions const &options = {});
    ~BoostAsioQueue() override;

    /// Handlers run on the queue's own thread, between events. What they throw goes to IEventProcessor::onForeignException.
    ///
    /// Lifetime:  the queue's; services and all else that the processor holds are destroyed before it
    [[nodiscard]] boost::asio::io_context &ioContext() noexcept { return _ioContext; }

private:
    explicit BoostAsioQueue(std::unique_ptr<Detail::AsioDriver> driver, QueueOptions const &options);

    boost::asio::io_context &_ioContext;
};

} // namespace Ichor
