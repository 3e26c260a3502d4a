#include <ichor/event_queues/IEventQueue.h>

#include <ichor/event_queues/EventLoop.h>
#include <ichor/events/ContinueEvent.h>

#include <algorithm>
#include <new>
#include <utility>

namespace Ichor {

IEventQueue::IEventQueue(std::unique_ptr<Detail::ILoopDriver> driver, QueueOptions const &options)
    : _isBounded(options.capacity.has_value()), _loop(std::make_unique<Detail::EventLoop>(*this, _events, std::move(driver), options)) {}

IEventQueue::~IEventQueue() { _loop->destroyContents(); }

Detail::PushMark IEventQueue::pushMark() noexcept {
    Detail::PushMark mark = _loop->mark();
    mark.own = _lastId;
    return mark;
}

void IEventQueue::setProcessor(std::unique_ptr<IEventProcessor> processor) { _loop->setProcessor(std::move(processor)); }

RealtimeQueue *IEventQueue::realtime() noexcept { return _loop->driver().realtime(); }

int IEventQueue::start(SignalCapture capture) { return _loop->run(capture); }

void IEventQueue::quit() noexcept { _loop->quit(); }

bool IEventQueue::isRunning() const noexcept { return _loop->isRunning(); }

std::size_t IEventQueue::size() const noexcept { return _loop->size(); }

IReadiness *IEventQueue::readiness() noexcept { return _loop->driver().readiness(); }

ISockets *IEventQueue::sockets() noexcept { return _loop->sockets(); }

std::uint64_t IEventQueue::nextStampedId() noexcept { return _lastId = std::max(_lastId + Detail::LatencyMeter::STEP, *_ownStamp); }

void IEventQueue::post(Wakeup &wakeup, Priority priority) noexcept {
    if (wakeup.isPosted() || _loop->isClosed()) [[unlikely]]
        return;
    if (_loop->takeAsNext(wakeup, priority)) [[likely]]
        return;
    postAs(nextOwnId(), wakeup, priority);
}

[[gnu::noinline]] void IEventQueue::postAs(std::uint64_t id, Wakeup &wakeup, Priority priority) noexcept {
    try {
        emplaceOwn<ContinueEvent, Accounting::FREE>(id, ServiceId{}, priority, wakeup);
    } catch (std::bad_alloc const &) {
        _loop->postUnqueued(wakeup);
    }
}

void IEventQueue::postLater(Wakeup &wakeup, Priority priority) noexcept {
    if (!wakeup.isPosted() && !_loop->putOff(wakeup)) post(wakeup, priority);
}

void IEventQueue::armTimer(TimerNode &timer, TimePoint deadline) { _loop->armTimer(timer, deadline); }

void IEventQueue::disarmTimer(TimerNode &timer) noexcept { _loop->disarmTimer(timer); }

TimePoint IEventQueue::now() const noexcept { return _loop->driver().now(); }

bool IEventQueue::isOwnThread() const noexcept { return _loop->isOwnThread(); }

void IEventQueue::postSignal(RemoteSignal &signal) noexcept { _loop->postSignal(signal); }

void IEventQueue::withdrawSignal(RemoteSignal &signal) noexcept { _loop->withdrawSignal(signal); }

bool IEventQueue::admit(Refusal refusal) {
    if (_loop->isClosed()) return refuseClosed(refusal) != 0;
    if (!_isBounded || _loop->takePlace()) return true;
    return refuseFull(refusal) != 0;
}

std::uint64_t IEventQueue::refuseFull(Refusal refusal) { return refuseFull(refusal, _loop->capacity()); }

std::uint64_t IEventQueue::refuseFull(Refusal refusal, std::size_t capacity) {
    _loop->noteRefusal();
    if (refusal == Refusal::THROWS) throw QueueFull(capacity);
    return 0;
}

std::uint64_t IEventQueue::refuseClosed(Refusal refusal) {
    if (refusal == Refusal::THROWS) throw QueueClosed();
    return 0;
}

void IEventQueue::giveUpPlace() noexcept {
    if (_isBounded) _loop->giveUpPlace();
}

bool IEventQueue::isClosed() const noexcept { return _loop->isClosed(); }

std::uint64_t IEventQueue::deliver(Event &event) { return _loop->deliver(event); }

} // namespace Ichor
