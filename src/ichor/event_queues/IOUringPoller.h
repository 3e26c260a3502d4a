#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/event_queues/IOUringRing.h>
#include <ichor/event_queues/IReadiness.h>

#include <cstdint>
#include <vector>

namespace Ichor::Detail {

/// Readiness of descriptors by multishot poll, so that all that runs on epoll runs on an io_uring too.
///
/// Threads:   the queue's own
class IOUringPoller final : public IReadiness {
public:
    explicit IOUringPoller(IOUringRing &ring) noexcept : _ring(ring) {}
    IOUringPoller(IOUringPoller const &) = delete;
    IOUringPoller &operator=(IOUringPoller const &) = delete;
    ~IOUringPoller();

    [[nodiscard]] Expected<void, std::error_code> watch(int fd, DescriptorWatch &watch) override;

    /// The kernel has let go of the descriptor when this returns, so that closing it closes it.
    void unwatch(DescriptorWatch &watch) noexcept override;

private:
    /// What is in flight for one watch. Stays until the kernel has given its last word, which may be after the watch has gone.
    class Poll final : public IOUringOperation {
    public:
        Poll(IOUringPoller &poller, int descriptor, DescriptorWatch &watched) noexcept
            : watch(&watched), fd(descriptor), removal(*this), _poller(poller) {}
        ~Poll() = default;

        void prepare(io_uring_sqe &entry) noexcept override;
        void onCompletion(int result, unsigned flags) noexcept override;

        class Removal final : public IOUringOperation {
        public:
            explicit Removal(Poll &poll) noexcept : _poll(poll) {}
            ~Removal() = default;
            void prepare(io_uring_sqe &entry) noexcept override;
            void onCompletion(int result, unsigned flags) noexcept override;

        private:
            Poll &_poll;
        };

        void arm() noexcept;
        void remove() noexcept;
        void deleteIfOver() noexcept;

        ListHook hook;
        DescriptorWatch *watch; // nullptr: it was unwatched
        int const fd;
        Removal removal;

    private:
        IOUringPoller &_poller;
        bool _isArmed{false};
        bool _isBeingRemoved{false};
        bool _isCalling{false};
    };

    IOUringRing &_ring;
    IntrusiveList<Poll, &Poll::hook> _polls;
    std::vector<Poll *> _slots;            // what a watch's link counts in; nullptr = free
    std::vector<std::uint32_t> _freeSlots; // has room for all of _slots
};

} // namespace Ichor::Detail
