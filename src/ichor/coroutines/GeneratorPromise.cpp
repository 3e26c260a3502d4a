#include <ichor/coroutines/GeneratorPromise.h>

#include <ichor/base/Contract.h>

namespace Ichor::Detail {

bool GeneratorPromiseBase::attach(CallStack &stack) noexcept {
    if (!_hasBegun) {
        if (!enter(stack)) return false;
        _hasBegun = true;
    } else if (this->stack() != &stack) {
        hook.unlink();
        moveTo(&stack);
    } else {
        return true;
    }
    if (scope() != nullptr) stack._generators.pushBack(*this);
    return true;
}

bool GeneratorPromiseBase::yield(void const *value) noexcept {
    if (stack()->isCancelled()) return false;
    _value = value;
    handBack();
    return true;
}

void GeneratorPromiseBase::resumeAfterYield() {
    _value = nullptr;
    if (stack()->isCancelled()) throw Cancelled{};
}

void GeneratorPromiseBase::destroyAsleep() noexcept {
    std::coroutine_handle<> handle = _owner->frame().handle;
    forget();
    handle.destroy();
}

void GeneratorPromiseBase::becomeOrphan() noexcept {
    bool const isOver = scope()->isCancelled();
    moveTo(nullptr);
    if (isOver) destroyAsleep();
}

bool GeneratorOwner::attach(CallStack &stack) noexcept {
    if (_promise->attach(stack)) return true;
    drop();
    _wasAbandoned = true;
    return false;
}

void GeneratorOwner::drop() noexcept {
    if (!_handle) return;
    if (_promise->caller() != nullptr) contractViolation("an AsyncGenerator was destroyed while a coroutine waits for its next value");
    _promise = nullptr;
    std::exchange(_handle, nullptr).destroy();
}

void GeneratorOwner::takeFrom(GeneratorOwner &other) noexcept {
    _handle = std::exchange(other._handle, nullptr);
    _promise = std::exchange(other._promise, nullptr);
    _wasAbandoned = std::exchange(other._wasAbandoned, false);
    if (_promise != nullptr) _promise->_owner = this;
}

} // namespace Ichor::Detail
