#pragma once

#include <ichor/base/Time.h>
#include <ichor/event_queues/IReadiness.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

struct epoll_event;

namespace Ichor::Detail {

class Doorbell;

/// Readiness of descriptors by epoll, with an eventfd to be woken by. Opened when it is first needed.
///
/// Threads:   wake() any; all else one at a time
class EpollPoller final : public IReadiness {
public:
    EpollPoller() noexcept = default;
    EpollPoller(EpollPoller const &) = delete;
    EpollPoller &operator=(EpollPoller const &) = delete;
    ~EpollPoller();

    [[nodiscard]] Expected<void, std::error_code> watch(int fd, DescriptorWatch &watch) override;
    void unwatch(DescriptorWatch &watch) noexcept override;

    [[nodiscard]] Expected<void, std::error_code> open() noexcept;
    [[nodiscard]] bool isOpen() const noexcept { return _epollFd >= 0; }

    /// Readable while there is something to poll.
    [[nodiscard]] int descriptor() const noexcept { return _epollFd; }

    /// Sleeps until a descriptor is ready, the doorbell rings or the deadline has come, and calls whose descriptors are ready.
    void wait(Doorbell &doorbell, TimePoint now, TimePoint deadline) noexcept;

    /// Calls whose descriptors are ready; true if there were any.
    bool poll() noexcept;

    /// Ends a wait(). False: it is not open.
    ///
    /// Threads:   any, and from signal handlers
    bool wake() noexcept;

    [[nodiscard]] std::size_t watchCount() const noexcept { return _watchCount; }

private:
    // The kernel gives back a slot's number and the generation that it was watched with. One that was unwatched, or given to another watch,
    // since the kernel reported it has another generation.
    struct Slot {
        DescriptorWatch *watch = nullptr; // nullptr = free
        std::uint32_t generation = 0;
    };

    [[nodiscard]] std::optional<std::uint32_t> takeSlot(DescriptorWatch &watch) noexcept;
    void freeSlot(std::uint32_t index) noexcept;
    [[nodiscard]] Slot const &slotOf(epoll_event const &ready) const noexcept;
    void callAll(std::span<epoll_event const> ready) noexcept;
    void call(epoll_event const &ready) noexcept;

    int _epollFd = -1;
    std::atomic<int> _wakeFd{-1}; // set once; others may ask while it is
    std::size_t _watchCount = 0;
    std::vector<Slot> _slots;
    std::vector<std::uint32_t> _freeSlots; // has room for all of _slots
};

} // namespace Ichor::Detail
