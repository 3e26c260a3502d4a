#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/base/Time.h>
#include <ichor/event_queues/IOUringOperation.h>
#include <ichor/event_queues/IOUringQueue.h>

#include <cstddef>

#include <liburing.h>

namespace Ichor::Detail {

/// An io_uring: what was started goes to the kernel together, and completions come back to the operations that they belong to.
///
/// Threads:   those of its user, one at a time; between enable() and release() the one that called enable()
class IOUringRing {
public:
    /// Errors:    std::system_error
    explicit IOUringRing(IOUringOptions const &options);
    IOUringRing(IOUringRing const &) = delete;
    IOUringRing &operator=(IOUringRing const &) = delete;
    ~IOUringRing();

    [[nodiscard]] IOUringSupport const &support() const noexcept { return _support; }
    [[nodiscard]] io_uring &get() noexcept { return _ring; }

    /// Before this, nothing goes to the kernel.
    void enable() noexcept;
    /// Takes back what is in flight, without calling its operations.
    void release() noexcept;

    /// Goes to the kernel with the next submit() or wait(), in the order of the calls.
    void start(IOUringOperation &operation) noexcept;

    /// Hands over what was started, and takes in what has completed; complete() calls it.
    void submit() noexcept;

    /// The same, and blocks until something has completed. Negative: for ever.
    void wait(Duration timeout) noexcept;

    /// Calls the operations of all completions that are there now. False: there were none.
    bool complete() noexcept;

    /// submit() would change something.
    [[nodiscard]] bool needsSubmit() noexcept;

    /// The kernel says that something has completed, or that submit() would find something that has. Costs no system call.
    [[nodiscard]] bool hasNews() noexcept;

    /// A completion of this operation has come and was not called yet.
    [[nodiscard]] bool hasUnseen(IOUringOperation const &operation) noexcept;

    /// How many operations were started and have not had their last completion.
    [[nodiscard]] std::size_t activeCount() const noexcept { return _activeCount; }

    /// How often a full submission ring, and a full completion ring, have cost a call of their own. For tests.
    [[nodiscard]] std::size_t fullCount() const noexcept { return _fullCount; }
    [[nodiscard]] std::size_t overflowCount() const noexcept { return _overflowCount; }

private:
    [[nodiscard]] int setUp(IOUringOptions const &options, IOUringOptions::Tasks tasks) noexcept;
    [[nodiscard]] bool prepare(IOUringOperation &operation) noexcept;
    void cancelAll() noexcept;
    void prepareBacklog() noexcept;
    void noteOverflow() noexcept;
    void describe(IOUringOptions const &options);

    io_uring _ring{};
    IOUringSupport _support;
    IntrusiveList<IOUringOperation, &IOUringOperation::backlogHook> _backlog;
    std::size_t _activeCount{0};
    std::size_t _fullCount{0};
    std::size_t _overflowCount{0};
    bool _isEnabled{false};
    bool _tellsOfTasks{false}; // a flag says when there are completions to be asked for
};

} // namespace Ichor::Detail
