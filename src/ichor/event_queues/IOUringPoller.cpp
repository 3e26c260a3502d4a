#include <ichor/event_queues/IOUringPoller.h>

#include <ichor/base/Contract.h>
#include <ichor/event_queues/SystemFailure.h>

#include <cerrno>
#include <new>

#include <fcntl.h>
#include <poll.h>

namespace Ichor::Detail {

namespace {

Readiness toReadiness(int result) noexcept {
    if (result < 0) return Readiness::FAILED;
    auto const events = static_cast<unsigned>(result);
    Readiness readiness = Readiness::NONE;
    if ((events & POLLIN) != 0) readiness |= Readiness::READABLE;
    if ((events & POLLOUT) != 0) readiness |= Readiness::WRITABLE;
    if ((events & (POLLRDHUP | POLLHUP)) != 0) readiness |= Readiness::PEER_CLOSED;
    if ((events & POLLERR) != 0) readiness |= Readiness::FAILED;
    return readiness;
}

} // namespace

void IOUringPoller::Poll::prepare(io_uring_sqe &entry) noexcept { io_uring_prep_poll_multishot(&entry, fd, POLLIN | POLLOUT | POLLRDHUP); }

void IOUringPoller::Poll::onCompletion(int result, unsigned flags) noexcept {
    if ((flags & IORING_CQE_F_MORE) == 0) _isArmed = false;
    if (watch != nullptr) {
        _isCalling = true;
        watch->onReady(toReadiness(result));
        _isCalling = false;
    }
    // The kernel ends one when completions overflow; the next one begins with what is ready then.
    if (watch != nullptr && !_isArmed && result >= 0) return arm();
    deleteIfOver();
}

void IOUringPoller::Poll::arm() noexcept {
    _isArmed = true;
    _poller._ring.start(*this);
}

void IOUringPoller::Poll::remove() noexcept {
    watch = nullptr;
    if (!_isArmed) return deleteIfOver();
    _isBeingRemoved = true;
    _poller._ring.start(removal);
}

void IOUringPoller::Poll::deleteIfOver() noexcept {
    if (watch == nullptr && !_isArmed && !_isBeingRemoved && !_isCalling) delete this;
}

void IOUringPoller::Poll::Removal::prepare(io_uring_sqe &entry) noexcept {
    io_uring_prep_cancel(&entry, static_cast<IOUringOperation *>(&_poll), 0);
}

void IOUringPoller::Poll::Removal::onCompletion(int, unsigned) noexcept {
    _poll._isBeingRemoved = false;
    _poll.deleteIfOver();
}

IOUringPoller::~IOUringPoller() {
    while (Poll *const poll = _polls.popFront()) {
        if (poll->watch != nullptr) poll->watch->link() = {};
        delete poll;
    }
}

Expected<void, std::error_code> IOUringPoller::watch(int fd, DescriptorWatch &watch) {
    if (watch.isWatched()) contractViolation("this DescriptorWatch watches a descriptor already");
    // The kernel would say so too, but only later.
    if (::fcntl(fd, F_GETFD) < 0) return systemFailure(errno);
    auto *const poll = new (std::nothrow) Poll(*this, fd, watch);
    if (poll == nullptr) return systemFailure(ENOMEM);
    if (_freeSlots.empty()) {
        try {
            _freeSlots.reserve(_slots.size() + 1);
            _slots.emplace_back();
        } catch (std::bad_alloc const &) {
            delete poll;
            return systemFailure(ENOMEM);
        }
        _freeSlots.push_back(static_cast<std::uint32_t>(_slots.size() - 1));
    }
    std::uint32_t const slot = _freeSlots.back();
    _freeSlots.pop_back();
    _slots[slot] = poll;
    _polls.pushBack(*poll);
    watch.link() = {.owner = this, .fd = fd, .slot = slot};
    poll->arm();
    return {};
}

void IOUringPoller::unwatch(DescriptorWatch &watch) noexcept {
    if (!watch.isWatched()) return;
    std::uint32_t const slot = watch.link().slot;
    watch.link() = {};
    Poll &poll = *_slots[slot];
    _slots[slot] = nullptr;
    _freeSlots.push_back(slot); // watch() made room
    poll.remove();
    _ring.submit();
}

} // namespace Ichor::Detail
