#pragma once

#include <ichor/base/Expected.h>
#include <ichor/base/IntrusiveList.h>
#include <ichor/coroutines/Leaf.h>
#include <ichor/model/Cancelled.h>
#include <ichor/model/ServiceId.h>
#include <ichor/model/StartError.h>

namespace Ichor {

class DependencyManager;

namespace Detail {

class ServiceRecord;

/// A coroutine that sleeps until a service has reached a state.
///
/// Threads: the manager's own
class StateWaiter : public Leaf {
public:
    /// The state of this service has changed: those who waited for it go on.
    static void notify(ServiceRecord &record) noexcept;

    template <typename Promise>
    bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept {
        if (!begin(coroutine)) {
            return refuse();
        }
        return !isAnswered() && sleep();
    }

    ListHook hook;

protected:
    StateWaiter(DependencyManager &manager, ServiceId id) noexcept : _manager(manager), _id(id) {}
    ~StateWaiter() = default;

    /// Whether the answer is known; keeps it. nullptr: there is no such service.
    virtual bool answer(ServiceRecord const *record) noexcept = 0;
    void unhook() noexcept override { hook.unlink(); }

    [[nodiscard]] ServiceId serviceId() const noexcept { return _id; }

private:
    /// If not, it has joined those who wait.
    bool isAnswered() noexcept;

    DependencyManager &_manager;
    ServiceId _id;
};

} // namespace Detail

namespace Detail {

class StartedAwaiter final : public StateWaiter {
public:
    StartedAwaiter(DependencyManager &manager, ServiceId id) noexcept : StateWaiter(manager, id) {}
    Expected<void, StartError> await_resume() noexcept;

private:
    bool answer(ServiceRecord const *record) noexcept override;

    Expected<void, StartError> _result{};
};

class StoppedAwaiter final : public StateWaiter {
public:
    StoppedAwaiter(DependencyManager &manager, ServiceId id) noexcept : StateWaiter(manager, id) {}
    Expected<void, Cancelled> await_resume() noexcept;

private:
    bool answer(ServiceRecord const *record) noexcept override;
};

} // namespace Detail

/// What is to be awaited of a service: `co_await` it, or pass it to withTimeout() or whenAll().
///
/// Lifetime:  the manager outlives it; the service need not
template <typename Awaiter>
class [[nodiscard]] ServiceStateWait {
public:
    ServiceStateWait(DependencyManager &manager, ServiceId id) noexcept : _manager(&manager), _id(id) {}
    [[nodiscard]] Awaiter operator co_await() const noexcept { return Awaiter(*_manager, _id); }

private:
    DependencyManager *_manager;
    ServiceId _id;
};

/// See DependencyManager::waitForStarted.
using StartedWait = ServiceStateWait<Detail::StartedAwaiter>;
/// See DependencyManager::waitForStopped.
using StoppedWait = ServiceStateWait<Detail::StoppedAwaiter>;

} // namespace Ichor
