#pragma once

#include <ichor/base/Containers.h>
#include <ichor/dependency_management/IService.h>
#include <ichor/dependency_management/PerRequester.h>
#include <ichor/model/ServiceId.h>
#include <ichor/services/timer/ITimerFactory.h>

#include <memory>

namespace Ichor {

namespace Detail {
class TimerOwner;
}

/// Provides ITimerFactory: to each service that requires it one of its own, so that its timers stop with it.
///
/// Threads:   the manager's own
/// Example:   dm.createServiceManager<TimerFactory, ITimerFactory>();
class TimerFactory final : public ITimerFactory, public PerRequester<ITimerFactory> {
public:
    explicit TimerFactory(IService &self);
    ~TimerFactory() override;

    /// A timer of the factory itself, for those who came by it without being a service that requires it.
    [[nodiscard]] Timer createTimer() override;

    ITimerFactory &instanceFor(IService &requester) override;
    void releaseFor(IService &requester) noexcept override;

private:
    struct Instance;

    std::unique_ptr<Detail::TimerOwner> _own;
    UnorderedMap<ServiceId, std::unique_ptr<Instance>> _instances; // by requester
};

} // namespace Ichor
