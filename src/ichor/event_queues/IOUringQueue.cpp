#include <ichor/event_queues/IOUringQueue.h>

#include <ichor/event_queues/Doorbell.h>
#include <ichor/event_queues/EventLoop.h>
#include <ichor/event_queues/Futex.h>
#include <ichor/event_queues/ILoopDriver.h>
#include <ichor/event_queues/IOUringPoller.h>
#include <ichor/event_queues/IOUringRing.h>
#include <ichor/event_queues/IOUringSockets.h>
#include <ichor/event_queues/SteadyClock.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace Ichor {

namespace Detail {

namespace {

/// What others write to when they ring. A multishot poll tells of each write, so that nobody has to read it empty. A message from ring to
/// ring would do without the descriptor, but only between threads that have a ring, and never from a signal handler.
class WakeDescriptor final : public IOUringOperation {
public:
    explicit WakeDescriptor(IOUringRing &ring) : _ring(ring), _fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (_fd < 0) throw std::system_error(errno, std::system_category(), "an IOUringQueue cannot open an eventfd");
    }
    ~WakeDescriptor() { ::close(_fd); }

    void prepare(io_uring_sqe &entry) noexcept override { io_uring_prep_poll_multishot(&entry, _fd, POLLIN); }
    void onCompletion(int, unsigned flags) noexcept override {
        if ((flags & IORING_CQE_F_MORE) == 0) _ring.start(*this);
    }

    void wake() const noexcept {
        int const before = errno;
        std::uint64_t const one = 1;
        [[maybe_unused]] auto written = ::write(_fd, &one, sizeof(one)); // full: it has been woken
        errno = before;
    }

private:
    IOUringRing &_ring;
    int const _fd;
};

} // namespace

class IOUringDriver final : public ILoopDriver {
public:
    IOUringDriver(Duration spin, IOUringOptions const &options)
        : _spin(spin), _ring(std::make_unique<IOUringRing>(options)), _wake(*_ring), _poller(*_ring),
          _sockets(*_ring, options.receiveBuffers) {}
    IOUringDriver(IOUringDriver const &) = delete;
    IOUringDriver &operator=(IOUringDriver const &) = delete;
    ~IOUringDriver() override {
        // What is in flight has to be over before the memory that it works on goes.
        _ring.reset();
        _sockets.abandonAll();
    }

    [[nodiscard]] IOUringSupport const &support() const noexcept { return _ring->support(); }

    void attach(EventLoop &) noexcept override {
        _ring->enable();
        _ring->start(_wake);
        _hasSockets = _ring->support().hasCompletionSockets && _sockets.openBuffers();
        _isAttached = true;
    }

    void detach() noexcept override {
        if (!_isAttached) return;
        // Connections that were closed in the last turn are closed for their peers as well.
        for (int rounds = 0; rounds < MAXIMUM_ROUNDS && (rounds == 0 || _sockets.closingCount() != 0); ++rounds) {
            _ring->submit();
            _ring->complete();
        }
        _ring->release();
        _isAttached = false;
    }

    TimePoint now() const noexcept override { return steadyNow(); }

    void wait(Doorbell &doorbell, TimePoint deadline) noexcept override {
        if (_spin > Duration::zero() && spin(doorbell, deadline)) return;
        Duration timeout{-1};
        if (deadline != TimePoint::max()) timeout = std::max(deadline - now(), Duration::zero());
        if (!doorbell.fallAsleep()) return pollNow();
        _ring->wait(timeout);
        doorbell.wakeUp();
        _ring->complete();
    }

    void wake(Doorbell &) noexcept override { _wake.wake(); }
    void poll() noexcept override { pollNow(); }
    bool hasPolling() const noexcept override { return _ring->activeCount() > 1; } // besides the wake descriptor's
    IReadiness *readiness() noexcept override { return &_poller; }
    ISockets *sockets() noexcept override { return _hasSockets ? &_sockets : nullptr; }

private:
    static constexpr int MAXIMUM_ROUNDS = 16;

    void pollNow() noexcept { static_cast<void>(pollOnce()); }

    // True: something had completed.
    bool pollOnce() noexcept {
        if (_ring->needsSubmit()) _ring->submit();
        return _ring->complete();
    }

    // True: there is something to do, or it is time.
    bool spin(Doorbell &doorbell, TimePoint deadline) noexcept {
        constexpr unsigned LOOKS_PER_CLOCK = 32;
        TimePoint const start = now();
        for (TimePoint time = start; time - start < _spin; time = now()) {
            if (time >= deadline || pollOnce()) return true;
            for (unsigned i = 0; i < LOOKS_PER_CLOCK && !_ring->hasNews(); ++i) {
                if (doorbell.isRung()) return true;
                relaxProcessor();
            }
        }
        return false;
    }

    Duration const _spin;
    std::unique_ptr<IOUringRing> _ring;
    WakeDescriptor _wake;
    IOUringPoller _poller;
    IOUringSockets _sockets;
    bool _hasSockets{false};
    bool _isAttached{false};
};

} // namespace Detail

IOUringQueue::IOUringQueue(QueueOptions const &options, IOUringOptions const &ringOptions)
    : IOUringQueue(std::make_unique<Detail::IOUringDriver>(options.spin, ringOptions), options) {}

IOUringQueue::IOUringQueue(std::unique_ptr<Detail::IOUringDriver> driver, QueueOptions const &options)
    : IEventQueue(std::move(driver), options), _support(static_cast<Detail::IOUringDriver &>(loop().driver()).support()) {}

IOUringQueue::~IOUringQueue() = default;

IOUringSupport IOUringQueue::probe(IOUringOptions const &ringOptions) {
    try {
        return Detail::IOUringRing(ringOptions).support();
    } catch (std::system_error const &error) {
        return {.isUsable = false, .description = error.what()};
    }
}

} // namespace Ichor
