#include <ichor/coroutines/PromiseBase.h>

#include <ichor/coroutines/GeneratorPromise.h>

namespace Ichor::Detail {

void PromiseBase::forget() noexcept {
    if (_caller != nullptr) _caller->isCalleeGone = true;
    if (kind() == Kind::GENERATOR) static_cast<GeneratorPromiseBase *>(this)->_owner->forget();
}

} // namespace Ichor::Detail
