#include <ichor/event_queues/BoostAsioQueue.h>

#include <ichor/event_queues/Doorbell.h>
#include <ichor/event_queues/EpollPoller.h>
#include <ichor/event_queues/EventLoop.h>
#include <ichor/event_queues/ILoopDriver.h>
#include <ichor/event_queues/SteadyClock.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <system_error>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace Ichor {

namespace Detail {

/// Waits in an io_context. Descriptors and the doorbell are seen to by our own poller, as in every other kind of queue; to Asio that is one
/// more descriptor.
class AsioDriver final : public ILoopDriver {
public:
    explicit AsioDriver(Duration spin) : _spin(spin), _ioContext(1), _pollerDescriptor(_ioContext), _timer(_ioContext) {
        if (auto opened = _poller.open(); !opened) throw std::system_error(opened.error(), "a BoostAsioQueue cannot open its poller");
        _pollerDescriptor.assign(_poller.descriptor());
    }
    AsioDriver(AsioDriver const &) = delete;
    AsioDriver &operator=(AsioDriver const &) = delete;
    ~AsioDriver() override { _pollerDescriptor.release(); } // which closes it itself

    boost::asio::io_context &ioContext() noexcept { return _ioContext; }

    void attach(EventLoop &loop) noexcept override { _loop = &loop; }
    TimePoint now() const noexcept override { return steadyNow(); }

    void wait(Doorbell &doorbell, TimePoint deadline) noexcept override {
        if (spin(doorbell, deadline)) return;
        TimePoint until = arm(deadline);
        if (!doorbell.fallAsleep()) return;
        guarded([&] { return _ioContext.run_one_until(until); });
        doorbell.wakeUp();
        runReady();
    }

    void wake(Doorbell &) noexcept override { _poller.wake(); }
    void poll() noexcept override { pollBoth(); }
    bool hasPolling() const noexcept override { return true; }
    IReadiness *readiness() noexcept override { return &_poller; }

private:
    // When Asio is out of memory for an operation that would end the wait, this much later is soon enough to try again.
    static constexpr Duration RETRY{10'000'000};
    static constexpr int MAX_HANDLERS = 64;

    // A handler that throws must not end the loop; what it threw is the processor's to judge.
    template <class F>
    std::size_t guarded(F &&run) noexcept {
        try {
            if (_ioContext.stopped()) _ioContext.restart();
            return run();
        } catch (...) {
            _loop->reportForeignException(std::current_exception());
            return 1;
        }
    }

    bool runReady() noexcept {
        int count = 0;
        while (count < MAX_HANDLERS && guarded([this] { return _ioContext.poll_one(); }) != 0) ++count;
        return count != 0;
    }

    bool pollBoth() noexcept {
        bool wasReady = _poller.watchCount() != 0 && _poller.poll();
        return runReady() || wasReady;
    }

    // True: there is something to do, or it is time.
    bool spin(Doorbell &doorbell, TimePoint deadline) noexcept {
        if (_spin <= Duration::zero()) return false;
        TimePoint start = now();
        for (TimePoint time = start; time - start < _spin; time = now()) {
            if (time >= deadline || doorbell.isRung() || pollBoth()) return true;
            relaxProcessor();
        }
        return false;
    }

    // What ends the wait besides handlers: the poller, and a timer, which unlike run_one_until() does not round to milliseconds.
    TimePoint arm(TimePoint deadline) noexcept {
        try {
            armPoller();
            armTimer(deadline);
            return TimePoint::max();
        } catch (...) {
            return std::min(deadline, now() + RETRY);
        }
    }

    void armPoller() {
        if (_isPollerArmed) return;
        _pollerDescriptor.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](boost::system::error_code error) {
            _isPollerArmed = false;
            if (!error) _poller.poll();
        });
        _isPollerArmed = true;
    }

    void armTimer(TimePoint deadline) {
        if (deadline == _timerDeadline || deadline == TimePoint::max()) return; // one that rings for nothing costs less than to cancel it
        _timerDeadline = TimePoint::max(); // the next line takes back what was armed, and the one behind it may throw
        _timer.expires_at(deadline);
        _timer.async_wait([this, deadline](boost::system::error_code) {
            if (_timerDeadline == deadline) _timerDeadline = TimePoint::max();
        });
        _timerDeadline = deadline;
    }

    Duration const _spin;
    EpollPoller _poller;
    boost::asio::io_context _ioContext;
    boost::asio::posix::stream_descriptor _pollerDescriptor;
    boost::asio::steady_timer _timer;
    EventLoop *_loop = nullptr;
    bool _isPollerArmed = false;
    TimePoint _timerDeadline = TimePoint::max(); // max: it is not armed
};

} // namespace Detail

BoostAsioQueue::BoostAsioQueue(QueueOptions const &options) : BoostAsioQueue(std::make_unique<Detail::AsioDriver>(options.spin), options) {}

BoostAsioQueue::BoostAsioQueue(std::unique_ptr<Detail::AsioDriver> driver, QueueOptions const &options)
    : IEventQueue(std::move(driver), options), _ioContext(static_cast<Detail::AsioDriver &>(loop().driver()).ioContext()) {}

BoostAsioQueue::~BoostAsioQueue() = default;

} // namespace Ichor
