#include <ichor/event_queues/RealtimeQueue.h>

#include <ichor/event_queues/DeadlineLane.h>
#include <ichor/event_queues/EventLoop.h>
#include <ichor/event_queues/FutexEpollDriver.h>
#include <ichor/event_queues/RealtimeMemory.h>
#include <ichor/event_queues/RealtimeThread.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace Ichor {

namespace Detail {

/// Waits as a PriorityQueue does, on a thread that it has made ready.
class RealtimeDriver final : public FutexEpollDriver {
public:
    explicit RealtimeDriver(RealtimeSettings const &settings)
        : FutexEpollDriver(settings.whenIdle == WhenIdle::BUSY_POLL ? Duration::max() : Duration::zero()), _settings(settings) {}

    void attach(EventLoop &loop) override {
        if (_settings.isMemoryLocked) _memoryLock.emplace(_report.shortfalls);
        touchStack(_settings.stackBytes);
        _heap.emplace(_settings.heapBytes);
        _frames.emplace(_settings.coroutines);
        _report.throttling = RtThrottling::read();
        // Last: from here on others may have to wait for this thread.
        _thread.emplace(_settings, _report.shortfalls);
        // Threads of other policies are not held back by it.
        if (_thread->isScheduled() && !_settings.deadlineBudget) loop.deadlines()->setThrottling(_report.throttling);
        if (_report.isComplete()) return;
        if (_settings.realtime == Realtime::Required) throw RealtimeUnavailable(_report);
        if (_settings.onWarning) _settings.onWarning(_report.toString());
    }

    void detach() noexcept override {
        _thread.reset();
        _frames.reset();
        _heap.reset();
        _memoryLock.reset();
    }

    [[nodiscard]] RealtimeQueue *realtime() noexcept override { return queue; }

    [[nodiscard]] RealtimeReport const &report() const noexcept { return _report; }

    RealtimeQueue *queue = nullptr; // whose driver this is

    LatencyHistogram eventLatency;
    LatencyHistogram timerLateness;

private:
    RealtimeSettings const _settings;
    RealtimeReport _report;
    std::optional<MemoryLock> _memoryLock;
    std::optional<TouchedHeap> _heap;
    std::optional<ReservedFrames> _frames;
    std::optional<RealtimeThread> _thread;
};

} // namespace Detail

namespace {

RealtimeSettings const &checked(RealtimeSettings const &settings) {
    if (auto result = settings.check(); !result) throw std::invalid_argument(std::string(result.error().message()));
    return settings;
}

QueueOptions optionsOf(RealtimeSettings const &settings) {
    QueueOptions options;
    options.capacity = settings.capacity;
    return options;
}

// What the framework pushes for itself: a timer that is due, a coroutine that goes on.
constexpr std::size_t WAKEUP_BYTES = 48;

} // namespace

RealtimeQueue::RealtimeQueue(RealtimeSettings const &settings)
    : RealtimeQueue(std::make_unique<Detail::RealtimeDriver>(checked(settings)), settings) {}

RealtimeQueue::RealtimeQueue(std::unique_ptr<Detail::RealtimeDriver> driver, RealtimeSettings const &settings)
    : IEventQueue(std::move(driver), optionsOf(settings)), _driver(static_cast<Detail::RealtimeDriver &>(loop().driver())),
      _deadlines(loop().takeDeadlines(settings)), _deadlinePriority(settings.deadlinePriority) {
    _driver.queue = this;
    std::size_t const own = (settings.timers + settings.coroutines + 1) * WAKEUP_BYTES;
    std::vector<Priority> priorities = settings.priorities;
    priorities.push_back(settings.deadlinePriority);
    if (settings.isLatencyMeasured) loop().measureLatency(_driver.eventLatency, _driver.timerLateness);
    loop().makeRealtime({.recordBytes = settings.capacity * settings.eventBytes + own, .priorities = &priorities}, settings);
}

RealtimeQueue::~RealtimeQueue() = default;

RealtimeReport const &RealtimeQueue::report() const noexcept { return _driver.report(); }

LatencyHistogram const &RealtimeQueue::eventLatency() const noexcept { return _driver.eventLatency; }

LatencyHistogram const &RealtimeQueue::timerLateness() const noexcept { return _driver.timerLateness; }

std::uint64_t RealtimeQueue::refusedEvents() const noexcept { return loop().refusals(); }

std::uint64_t RealtimeQueue::missedDeadlines() const noexcept { return _deadlines.missed(); }

Detail::DeadlineSlot *RealtimeQueue::takeSlot(Refusal refusal) {
    if (isClosed()) {
        refuseClosed(refusal);
        return nullptr;
    }
    Detail::DeadlineSlot *const slot = _deadlines.take();
    if (slot == nullptr) refuseFull(refusal, _deadlines.capacity());
    return slot;
}

void RealtimeQueue::giveBack(Detail::DeadlineSlot &slot) noexcept { _deadlines.giveBack(slot); }

std::uint64_t RealtimeQueue::enter(Detail::DeadlineSlot &slot) noexcept { return _deadlines.enter(slot); }

} // namespace Ichor
