#pragma once

#include <ichor/base/UniqueFunction.h>
#include <ichor/coroutines/IScopeOwner.h>
#include <ichor/coroutines/Root.h>
#include <ichor/coroutines/Task.h>
#include <ichor/model/Priority.h>
#include <ichor/model/Properties.h>
#include <ichor/model/ServiceId.h>
#include <ichor/model/ServiceState.h>
#include <string_view>

namespace Ichor {

class DependencyManager;
class IEventQueue;

namespace Detail {
class ServiceRecord;
}

/// A service as its manager knows it. Every service has one: an AdvancedService is one, a plain class gets one injected.
///
/// Threads:  the manager's own
/// Lifetime: as long as the service is installed
class IService : public IScopeOwner {
public:
    IService(IService const &) = delete;
    IService &operator=(IService const &) = delete;

    /// Unique in this process, never reused.
    [[nodiscard]] ServiceId getServiceId() const noexcept;
    /// Unique among processes.
    [[nodiscard]] ServiceGid getServiceGid() const noexcept;
    /// The name of the implementing class.
    [[nodiscard]] std::string_view getServiceName() const noexcept;
    [[nodiscard]] ServiceState getServiceState() const noexcept;
    /// Lower runs sooner: this is the priority of the service's timers and coroutines, and of its turn to start.
    [[nodiscard]] Priority getServicePriority() const noexcept;
    [[nodiscard]] Properties const &getProperties() const noexcept;
    [[nodiscard]] DependencyManager &getManager() const noexcept;
    [[nodiscard]] IEventQueue &getEventQueue() const noexcept;

    /// Runs a coroutine for this service, up to its first suspension at once.
    ///
    /// Lifetime: it belongs to the service's scope: cancelled when the service stops, and awaited before stop() runs
    /// Errors:   an exception that leaves it is logged with the service's name
    void spawn(Task<void> task);

    [[nodiscard]] Scope *scope() noexcept final;

protected:
    IService();
    virtual ~IService() = default;

private:
    friend class Detail::ServiceRecord;
    Detail::ServiceRecord *_record;
};

namespace Detail {

/// Like IService::spawn; `onDone` hears how it ended, unless the service is taken down by force. It may be empty: then errors are logged.
void spawnFor(IService &service, Task<void> task, UniqueFunction<void(Outcome<void>)> onDone);

} // namespace Detail

} // namespace Ichor
