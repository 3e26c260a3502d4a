#include "FunctionRoot.h"

#include <algorithm>
#include <ichor/coroutines/FrameRecycler.h>
#include <ichor/dependency_management/DependencyManager.h>
#include <ichor/event_queues/IEventQueue.h>
#include <new>

namespace Ichor::Detail {

static_assert(sizeof(FunctionRoot) % RECORD_ALIGNMENT == 0, "the event lies right behind the root");

FunctionRoot &FunctionRoot::make(EventRouter &router, DependencyManager &manager, std::size_t eventSize) {
    void *memory = FrameRecycler::allocate(sizeof(FunctionRoot) + std::max(eventSize, ROOM));
    auto *root = ::new (memory) FunctionRoot(router);
    root->setResumer(manager.getEventQueue());
    return *root;
}

void FunctionRoot::free(FunctionRoot &root, std::size_t eventSize) noexcept {
    root.~FunctionRoot();
    FrameRecycler::deallocate(&root, sizeof(FunctionRoot) + std::max(eventSize, ROOM));
}

void FunctionRoot::discard(FunctionRoot &parked) noexcept { free(parked, ROOM); }

/// Only one that sleeps can be cancelled, and nothing looks whether a scope is empty while one runs: so most never enter theirs.
void FunctionRoot::sleep(Scope &scope) noexcept {
    _phase = Phase::ASLEEP;
    _entry.plan(&scope);
    static_cast<void>(_entry.enter(*this)); // a root is always let in, and cancelled at once where the scope is
}

CallStack *FunctionRoot::ended() noexcept {
    taskEnded();
    return nullptr;
}

void FunctionRoot::taskThrew() noexcept {
    Outcome<void> const outcome = takeOutcome();
    releaseGenerators();
    fail(outcome.error);
}

void FunctionRoot::endedEarly() noexcept {
    forgetTask();
    releaseGenerators();
    fail(nullptr);
}

/// No error: it was cancelled.
void FunctionRoot::fail(std::exception_ptr const &error) noexcept {
    _router.failed(event(), event().origin(), error);
    end();
}

} // namespace Ichor::Detail
