#include <ichor/coroutines/PromiseBase.h>

#include <ichor/base/Contract.h>
#include <ichor/coroutines/GeneratorPromise.h>

namespace Ichor::Detail {

void PromiseBase::forget() noexcept {
    if (_caller != nullptr) _caller->isCalleeGone = true;
    if (kind() == Kind::GENERATOR) static_cast<GeneratorPromiseBase *>(this)->_owner->forget();
}

void PromiseBase::reportMiscompilation() noexcept {
    contractViolation("a coroutine was miscompiled: g++ before 12.3 does that to one with `if (co_await …)` or `while (co_await …)` whose "
                      "outermost block declares no variable. Give the awaited value a name before the condition, or use a newer compiler");
}

} // namespace Ichor::Detail
