#include <ichor/event_queues/EpollPoller.h>

#include <ichor/base/Contract.h>
#include <ichor/event_queues/Doorbell.h>
#include <ichor/event_queues/SystemFailure.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <new>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace Ichor::Detail {

namespace {

constexpr std::size_t MAX_READY = 256;
constexpr std::uint64_t WAKE_TOKEN = ~std::uint64_t{0};

bool isOfSlot(epoll_event const &event) noexcept { return event.data.u64 != WAKE_TOKEN; }

std::uint64_t toToken(std::uint32_t slot, std::uint32_t generation) noexcept { return std::uint64_t{generation} << 32 | slot; }

Readiness toReadiness(std::uint32_t events) noexcept {
    Readiness readiness = Readiness::NONE;
    if ((events & EPOLLIN) != 0) readiness |= Readiness::READABLE;
    if ((events & EPOLLOUT) != 0) readiness |= Readiness::WRITABLE;
    if ((events & EPOLLRDHUP) != 0) readiness |= Readiness::PEER_CLOSED;
    if ((events & EPOLLHUP) != 0) readiness |= Readiness::PEER_CLOSED;
    if ((events & EPOLLERR) != 0) readiness |= Readiness::FAILED;
    return readiness;
}

int waitMillisecondwise(int epollFd, epoll_event *ready, Duration timeout) noexcept {
    if (timeout < Duration::zero()) return ::epoll_wait(epollFd, ready, MAX_READY, -1);
    auto rounded = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
    return ::epoll_wait(epollFd, ready, MAX_READY, static_cast<int>(std::min<long>(rounded, 60'000)));
}

// A negative timeout is none.
int waitFor(int epollFd, epoll_event *ready, Duration timeout) noexcept {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    timespec relative{.tv_sec = seconds.count(), .tv_nsec = (timeout - seconds).count()};
    int count = ::epoll_pwait2(epollFd, ready, MAX_READY, timeout < Duration::zero() ? nullptr : &relative, nullptr);
    if (count >= 0 || errno != ENOSYS) return count;
    return waitMillisecondwise(epollFd, ready, timeout); // a kernel before 5.11
}

} // namespace

EpollPoller::~EpollPoller() {
    for (Slot &slot : _slots) {
        if (slot.watch != nullptr) slot.watch->link() = {};
    }
    if (int wakeFd = _wakeFd.load(); wakeFd >= 0) ::close(wakeFd);
    if (_epollFd >= 0) ::close(_epollFd);
}

Expected<void, std::error_code> EpollPoller::open() noexcept {
    if (isOpen()) return {};
    int epollFd = ::epoll_create1(EPOLL_CLOEXEC);
    if (epollFd < 0) return systemFailure(errno);
    int wakeFd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    // Edge-triggered, so that nobody has to read it empty: each write counts as news.
    epoll_event wakeEvent{.events = EPOLLIN | EPOLLET, .data = {.u64 = WAKE_TOKEN}};
    if (wakeFd < 0 || ::epoll_ctl(epollFd, EPOLL_CTL_ADD, wakeFd, &wakeEvent) != 0) {
        int error = errno;
        if (wakeFd >= 0) ::close(wakeFd);
        ::close(epollFd);
        return systemFailure(error);
    }
    _wakeFd = wakeFd;
    _epollFd = epollFd;
    return {};
}

Expected<void, std::error_code> EpollPoller::watch(int fd, DescriptorWatch &watch) {
    if (watch.isWatched()) contractViolation("this DescriptorWatch watches a descriptor already");
    if (auto opened = open(); !opened) return opened;
    std::optional<std::uint32_t> slot = takeSlot(watch);
    if (!slot) return systemFailure(ENOMEM);
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u64 = toToken(*slot, _slots[*slot].generation)}};
    if (::epoll_ctl(_epollFd, EPOLL_CTL_ADD, fd, &event) != 0) {
        int error = errno;
        freeSlot(*slot);
        return systemFailure(error);
    }
    watch.link() = {.owner = this, .fd = fd, .slot = *slot};
    ++_watchCount;
    return {};
}

void EpollPoller::unwatch(DescriptorWatch &watch) noexcept {
    if (!watch.isWatched()) return;
    ::epoll_ctl(_epollFd, EPOLL_CTL_DEL, watch.link().fd, nullptr);
    freeSlot(watch.link().slot);
    watch.link() = {};
    --_watchCount;
}

void EpollPoller::wait(Doorbell &doorbell, TimePoint now, TimePoint deadline) noexcept {
    std::array<epoll_event, MAX_READY> ready;
    Duration timeout{-1};
    if (deadline != TimePoint::max()) timeout = std::max(deadline - now, Duration::zero());
    if (!doorbell.fallAsleep()) return;
    int count = waitFor(_epollFd, ready.data(), timeout);
    doorbell.wakeUp();
    if (count > 0) callAll({ready.data(), static_cast<std::size_t>(count)});
}

bool EpollPoller::poll() noexcept {
    std::array<epoll_event, MAX_READY> ready;
    int count = ::epoll_wait(_epollFd, ready.data(), MAX_READY, 0);
    if (count > 0) callAll({ready.data(), static_cast<std::size_t>(count)});
    return count > 0;
}

bool EpollPoller::wake() noexcept {
    int wakeFd = _wakeFd.load(std::memory_order_relaxed);
    if (wakeFd < 0) return false;
    int before = errno;
    std::uint64_t one = 1;
    [[maybe_unused]] auto written = ::write(wakeFd, &one, sizeof(one)); // full: it has been woken
    errno = before;
    return true;
}

// Between two calls lie system calls, which leave little of ours in the cache, so the next one's memory is asked for before it is its turn.
void EpollPoller::callAll(std::span<epoll_event const> ready) noexcept {
    for (std::size_t i = 0; i < ready.size(); ++i) {
        if (i + 2 < ready.size() && isOfSlot(ready[i + 2])) __builtin_prefetch(&slotOf(ready[i + 2]));
        if (i + 1 < ready.size() && isOfSlot(ready[i + 1])) __builtin_prefetch(slotOf(ready[i + 1]).watch);
        call(ready[i]);
    }
}

EpollPoller::Slot const &EpollPoller::slotOf(epoll_event const &ready) const noexcept {
    return _slots[static_cast<std::uint32_t>(ready.data.u64)];
}

void EpollPoller::call(epoll_event const &ready) noexcept {
    if (!isOfSlot(ready)) return;
    Slot const &slot = slotOf(ready);
    if (slot.watch == nullptr || slot.generation != ready.data.u64 >> 32) return;
    slot.watch->onReady(toReadiness(ready.events));
}

std::optional<std::uint32_t> EpollPoller::takeSlot(DescriptorWatch &watch) noexcept {
    if (_freeSlots.empty()) {
        try {
            _freeSlots.reserve(_slots.size() + 1);
            _slots.emplace_back();
        } catch (std::bad_alloc const &) {
            return std::nullopt;
        }
        _freeSlots.push_back(static_cast<std::uint32_t>(_slots.size() - 1));
    }
    std::uint32_t index = _freeSlots.back();
    _freeSlots.pop_back();
    _slots[index].watch = &watch;
    return index;
}

void EpollPoller::freeSlot(std::uint32_t index) noexcept {
    _slots[index].watch = nullptr;
    ++_slots[index].generation;
    _freeSlots.push_back(index); // takeSlot() made room
}

} // namespace Ichor::Detail
