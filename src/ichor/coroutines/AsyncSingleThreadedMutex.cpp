#include <ichor/coroutines/AsyncSingleThreadedMutex.h>

#include <ichor/base/Contract.h>

namespace Ichor {

AsyncSingleThreadedMutex::~AsyncSingleThreadedMutex() {
    if (_isLocked) contractViolation("an AsyncSingleThreadedMutex was destroyed while a coroutine holds it");
}

void AsyncSingleThreadedMutex::handOver() noexcept {
    if (Waiter *next = _waiting.popFront(); next != nullptr) {
        next->complete();
    } else {
        _isLocked = false;
    }
}

} // namespace Ichor
