#pragma once

#include "DependencyResolver.h"
#include "LifecycleRoots.h"
#include "ServiceTable.h"
#include "TrackerRegistry.h"
#include "WorkQueue.h"
#include <ichor/coroutines/TimerNode.h>
#include <ichor/dependency_management/OnlyFor.h>
#include <memory>

namespace Ichor::Detail {

class ManagerLog;

/// Which state may follow which, and when. Each service that may have a step to take is enqueued; advance() takes steps, one after the
/// other and never one inside another, so that depth costs no stack and whatever a user's callback asks for is done after it returns.
///
///     INSTALLED → STARTING → INJECTING → ACTIVE → UNINJECTING → STOPPING → INSTALLED → UNINSTALLED
///
/// Threads: the manager's own
class LifecycleEngine final {
public:
    LifecycleEngine(IEventQueue &queue, ServiceTable &table, InterfaceIndex &index, WorkQueue &work, DependencyResolver &resolver,
                    TrackerRegistry &trackers, ManagerLog &log, bool &hasWork);
    LifecycleEngine(LifecycleEngine const &) = delete;
    LifecycleEngine &operator=(LifecycleEngine const &) = delete;

    /// Errors: std::bad_alloc, then nothing has changed
    ServiceRecord &add(OwnedRecord record, OnlyFor onlyFor);
    bool wish(ServiceId id, Wish wish) noexcept;

    /// Takes a bounded number of steps; true when there are more to take at once.
    bool advance() noexcept;

    /// Removes all services, in the reverse of the order in which they became ACTIVE.
    void quit() noexcept;
    /// The same without patience: whoever would have to be waited for is taken down by force.
    void quitNow() noexcept;
    [[nodiscard]] bool isQuitting() const noexcept { return _isQuitting; }
    [[nodiscard]] bool isForced() const noexcept { return _isForced; }
    [[nodiscard]] bool hasExceededDeadline() const noexcept { return _hasExceededDeadline; }

    void setStopDeadline(Duration deadline) noexcept;
    [[nodiscard]] Duration stopDeadline() const noexcept { return _stopDeadline; }
    void setWaitingReport(Duration after) noexcept;

    /// The task of a service's start() or stop() has. It is for the caller that the service goes on.
    void hasEnded(ServiceRecord &record, Outcome<Expected<void, StartError>> &&start) noexcept;
    void hasEnded(ServiceRecord &record, Outcome<void> const &stop) noexcept;
    [[nodiscard]] IEventQueue &queue() const noexcept { return _queue; }
    [[nodiscard]] SpareRoots &spareRoots() noexcept { return _spareRoots; }

private:
    /// Looks, now and then, at who takes too long. It need not be exact, so it costs nothing to those who do not.
    class Clock final : public TimerNode {
    public:
        explicit Clock(LifecycleEngine &engine) noexcept : _engine(engine) {}
        void wake() noexcept override { _engine.tick(); }

    private:
        LifecycleEngine &_engine;
    };

    using ClockList = IntrusiveList<ServiceRecord, &ServiceRecord::clockHook>;

    void step(ServiceRecord &record) noexcept;
    void stepInstalled(ServiceRecord &record) noexcept;
    void closeInstalled(ServiceRecord &record) noexcept;
    void beginStart(ServiceRecord &record) noexcept;
    void stepStarting(ServiceRecord &record) noexcept;
    void abortStart(ServiceRecord &record) noexcept;
    void activate(ServiceRecord &record) noexcept;
    void beginStop(ServiceRecord &record) noexcept;
    void descend(ServiceRecord &record) noexcept;
    void runStop(ServiceRecord &record) noexcept;
    void callStop(ServiceRecord &record);
    void callStopAgain(ServiceRecord &record) noexcept;
    void stopThrew(ServiceRecord &record) noexcept;
    void finishStop(ServiceRecord &record) noexcept;
    void uninstall(ServiceRecord &record) noexcept;
    void askNextToQuit() noexcept;
    void askToGo(ServiceRecord &record, Wish wish) noexcept;

    void watch(ServiceRecord &record, ClockList &list) noexcept;
    void arm() noexcept;
    void tick() noexcept;
    [[nodiscard]] bool isDue(ServiceRecord const &record, Duration deadline) const noexcept;
    void force(ServiceRecord &record) noexcept;
    void reportWaiting() noexcept;

    IEventQueue &_queue;
    ServiceTable &_table;
    InterfaceIndex &_index;
    WorkQueue &_work;
    DependencyResolver &_resolver;
    TrackerRegistry &_trackers;
    ManagerLog &_log;
    bool &_hasWork;

    static constexpr std::size_t RESERVE_BYTES = 4096; // more than the frame of a usual stop()

    SpareRoots _spareRoots;
    Clock _clock{*this};
    std::unique_ptr<std::byte[]> _reserve =
        std::make_unique<std::byte[]>(RESERVE_BYTES); // so that services can be stopped when memory is out
    ClockList _waiting;                               // to start, not yet reported
    ClockList _descending;                            // on their way down, and waiting for something
    Duration _stopDeadline{std::chrono::seconds{10}};
    Duration _waitingReport{std::chrono::seconds{10}};
    Duration _period{}; // of the clock, as it was armed last
    std::uint64_t _ticks = 0;
    std::size_t _leftToAsk = 0; // services not yet asked to go, while quitting
    bool _isQuitting = false;
    bool _isForced = false;
    bool _hasExceededDeadline = false;
};

} // namespace Ichor::Detail
