#pragma once

#include "DependencyResolver.h"
#include "EventRouter.h"
#include "InterfaceIndex.h"
#include "LifecycleEngine.h"
#include "ManagerLog.h"
#include "ServiceTable.h"
#include "TrackerRegistry.h"
#include "WorkQueue.h"
#include <ichor/coroutines/TimerNode.h>
#include <ichor/dependency_management/DependencyManager.h>
#include <ichor/event_queues/IEventProcessor.h>
#include <ichor/model/ManagerId.h>
#include <mutex>
#include <vector>

namespace Ichor {

class CommunicationChannel;

namespace Detail {

/// The rooms behind a DependencyManager, and what its queue hands the events to.
///
/// Threads: the manager's own, but for what is guarded by a mutex
class ManagerRooms final : public IEventProcessor, private IScopeObserver {
public:
    explicit ManagerRooms(IEventQueue &queue);
    ~ManagerRooms() override;
    ManagerRooms(ManagerRooms const &) = delete;
    ManagerRooms &operator=(ManagerRooms const &) = delete;

    [[nodiscard]] static ManagerRooms &of(DependencyManager &manager) noexcept { return manager._rooms; }
    [[nodiscard]] static DependencyManager *current() noexcept;

    void onStart() override;
    void process(Event &event) noexcept override;
    bool advance() noexcept override;
    void onQuit(unsigned signals) noexcept override;
    bool isFinished() const noexcept override;
    int exitStatus() const noexcept override;
    void onForeignException(std::exception_ptr error) noexcept override;

    [[nodiscard]] DependencyManager &manager() noexcept { return _manager; }
    [[nodiscard]] IEventQueue &queue() const noexcept { return _queue; }
    [[nodiscard]] ManagerId id() const noexcept { return _id; }
    [[nodiscard]] RecordMemory &recordMemory() noexcept { return _recordMemory; }
    [[nodiscard]] ServiceTable &table() noexcept { return _table; }
    [[nodiscard]] InterfaceIndex &index() noexcept { return _index; }
    [[nodiscard]] LifecycleEngine &engine() noexcept { return _engine; }
    [[nodiscard]] TrackerRegistry &trackers() noexcept { return _trackers; }
    [[nodiscard]] EventRouter &router() noexcept { return _router; }
    [[nodiscard]] ManagerLog &log() noexcept { return _log; }
    void quit() noexcept;

    /// Channels that this manager joined leave it before it goes.
    void joined(CommunicationChannel &channel);
    void left(CommunicationChannel &channel) noexcept;

private:
    /// Ends the patience with coroutines that run for no service.
    class RootDeadline final : public TimerNode {
    public:
        explicit RootDeadline(ManagerRooms &rooms) noexcept : _rooms(rooms) {}
        void wake() noexcept override { _rooms.abandonRoot(); }

    private:
        ManagerRooms &_rooms;
    };

    [[gnu::noinline]] void dispatch(Event &event) noexcept; // apart, so that process() needs no room for it on the stack
    bool handle(Event &event) noexcept;
    void cancelRoot() noexcept;
    void abandonRoot() noexcept;
    void onScopeEmpty(Scope &scope) noexcept override;
    void wish(Event &event, ServiceId id, Wish wish) noexcept;

    IEventQueue &_queue;
    ManagerId const _id;
    DependencyManager _manager{*this};
    Scope _rootScope; // of coroutines that run for no service
    RootDeadline _rootDeadline{*this};
    bool _hasRootExceededDeadline = false;
    RecordMemory _recordMemory;
    ServiceTable _table{_recordMemory};
    InterfaceIndex _index;
    ManagerLog _log{_index};
    WorkQueue _work{_isWorkPending};
    DependencyResolver _resolver{_table, _work, _log};
    TrackerRegistry _trackers{_table, _index, _log};
    EventRouter _router{_table, _log, _rootScope, _wantsInternalEvents};
    LifecycleEngine _engine{_queue, _table, _index, _work, _resolver, _trackers, _log, _isWorkPending};
    std::mutex _channelsMutex; // guards _channels
    std::vector<CommunicationChannel *> _channels;
};

} // namespace Detail

} // namespace Ichor
