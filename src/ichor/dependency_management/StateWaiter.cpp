#include <ichor/dependency_management/StateWaiter.h>

#include <fmt/core.h>
#include <ichor/dependency_management/DependencyManager.h>
#include <ichor/dependency_management/ServiceRecord.h>

namespace Ichor::Detail {

void StateWaiter::notify(ServiceRecord &record) noexcept {
    for (StateWaiter &waiter : record.waiters) {
        if (!waiter.answer(&record)) {
            continue;
        }
        waiter.hook.unlink();
        waiter.complete();
    }
}

bool StateWaiter::isAnswered() noexcept {
    ServiceRecord *record = _manager.findRecord(_id);
    if (answer(record)) {
        return true;
    }
    record->waiters.pushBack(*this);
    return false;
}

bool StartedAwaiter::answer(ServiceRecord const *record) noexcept {
    try {
        if (record == nullptr || record->state == ServiceState::UNINSTALLED) {
            _result = unexpected<StartError>(StartError{fmt::format("there is no service #{}", serviceId().value)});
            return true;
        }
        if (record->state == ServiceState::ACTIVE) {
            return true;
        }
        if (record->state != ServiceState::INSTALLED || !record->hasFailed) {
            return false;
        }
        _result = unexpected<StartError>(record->failure ? *record->failure : StartError{StartError::FAILED});
    } catch (...) {
        _result = unexpected<StartError>(StartError{StartError::FAILED}); // no memory for the words
    }
    return true;
}

Expected<void, StartError> StartedAwaiter::await_resume() noexcept {
    if (wasCancelled()) {
        return unexpected<StartError>(StartError{StartError::CANCELLED});
    }
    return std::move(_result);
}

bool StoppedAwaiter::answer(ServiceRecord const *record) noexcept {
    return record == nullptr || record->state == ServiceState::INSTALLED || record->state == ServiceState::UNINSTALLED;
}

Expected<void, Cancelled> StoppedAwaiter::await_resume() noexcept {
    if (wasCancelled()) {
        return unexpected<Cancelled>(Cancelled{});
    }
    return {};
}

} // namespace Ichor::Detail
