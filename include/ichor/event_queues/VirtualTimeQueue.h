#pragma once

#include <ichor/event_queues/IEventQueue.h>

namespace Ichor {

namespace Detail {
class VirtualTimeDriver;
}

/// A queue for tests, whose clock moves only when it is told to. Nothing in it sleeps.
///
/// Threads:   see IEventQueue; its own is the one that last ran it
class VirtualTimeQueue final : public IEventQueue {
public:
    explicit VirtualTimeQueue(QueueOptions const &options = {});
    ~VirtualTimeQueue() override;

    /// Runs what is to be done at this point of time; the first call starts the processor. True until the processor is finished.
    bool runUntilIdle();

    /// Moves the clock, and runs on the way what becomes due, each at its own time.
    bool advance(Duration duration);

    /// Moves the clock and runs nothing, as if the thread had been busy for so long. May be called from inside whatever runs.
    void letPass(Duration duration) noexcept;

    // start() jumps to the next deadline where others would sleep, and waits for other threads when there is none.

private:
    explicit VirtualTimeQueue(std::unique_ptr<Detail::VirtualTimeDriver> driver, QueueOptions const &options);

    Detail::VirtualTimeDriver &_driver;
};

} // namespace Ichor
