#pragma once

#include <ichor/base/Expected.h>
#include <ichor/dependency_management/IService.h>
#include <ichor/model/StartError.h>
#include <string>

namespace Ichor {

namespace Detail {

template <typename Impl, typename... Interfaces>
class AdvancedRecord;

/// The part of AdvancedService that does not depend on T: what the life cycle calls.
class AdvancedServiceBase : public IService {
protected:
    explicit AdvancedServiceBase(Properties properties);
    ~AdvancedServiceBase() = default;

    /// Called when all required dependencies are there. Suspending is fine; the service is ACTIVE, and injected into others, once it ends.
    ///
    /// Errors: a StartError or an exception leaves the service INSTALLED, with the error kept and shown by explain()
    virtual Task<Expected<void, StartError>> start() { return {}; }

    /// Called once for each start() that succeeded, after the service's dependents and its coroutines have ended. Its dependencies are
    /// there until it ends; it has a deadline (DependencyManager::setStopDeadline).
    virtual Task<void> stop() { return {}; }

    /// `co_return fail("cannot open …");`
    [[nodiscard]] static auto fail(StartError why) { return unexpected<StartError>(std::move(why)); }

private:
    template <typename Impl, typename... Interfaces>
    friend class AdvancedRecord;
};

} // namespace Detail

/// Base of a service with a life of its own: `class Cache final : public ICache, public AdvancedService<Cache>`.
///
/// Its constructor takes `(DependencyRegister &, Properties)` and registers what it depends on; start() and stop() are coroutines.
template <typename T>
class AdvancedService : public Detail::AdvancedServiceBase {
protected:
    explicit AdvancedService(Properties properties) : AdvancedServiceBase(std::move(properties)) {}
    ~AdvancedService() = default;
};

} // namespace Ichor
