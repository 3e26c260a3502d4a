#include "FunctionRoot.h"

#include "EventRouter.h"
#include <ichor/coroutines/FrameRecycler.h>
#include <new>

namespace Ichor::Detail {

static_assert(sizeof(FunctionRoot) % RECORD_ALIGNMENT == 0, "the event lies right behind the root");

void FunctionRoot::launch(EventRouter &router, Event &event, DependencyManager &manager, Scope &scope, IResumer &resumer,
                          Priority priority) {
    EventDescriptor const &descriptor = event.descriptor();
    void *memory = FrameRecycler::allocate(sizeof(FunctionRoot) + descriptor.size);
    auto *root = ::new (memory) FunctionRoot(router);
    descriptor.moveTo(root + 1, event);
    root->start(manager, scope, resumer, priority);
}

void FunctionRoot::start(DependencyManager &manager, Scope &scope, IResumer &resumer, Priority priority) noexcept {
    Task<void> task;
    try {
        task = event().run(manager);
    } catch (...) {
        return fail(std::current_exception());
    }
    if (!task) {
        _router.completed(event());
        return end();
    }
    bind(resumer, priority, event().origin());
    if (!take(task)) {
        return fail(nullptr);
    }
    bool isOver = false;
    _isOver = &isOver;
    run(taskFrame().handle);
    if (!isOver) {
        sleep(scope);
    }
}

/// Only one that sleeps can be cancelled, and nothing looks whether a scope is empty while one runs: so most never enter theirs.
void FunctionRoot::sleep(Scope &scope) noexcept {
    _isOver = nullptr;
    _entry.plan(&scope);
    static_cast<void>(_entry.enter(*this)); // a root is always let in, and cancelled at once where the scope is
}

CallStack *FunctionRoot::ended() noexcept {
    if (hasThrown()) [[unlikely]] {
        Outcome<void> const outcome = takeOutcome();
        releaseGenerators();
        fail(outcome.error);
        return nullptr;
    }
    destroyTask();
    releaseGenerators();
    _router.completed(event());
    end();
    return nullptr;
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

void FunctionRoot::end() noexcept {
    if (_isOver != nullptr) {
        *_isOver = true;
    }
    EventDescriptor const &descriptor = event().descriptor();
    std::size_t const size = sizeof(FunctionRoot) + descriptor.size;
    if (descriptor.destroy != nullptr) {
        descriptor.destroy(event());
    }
    this->~FunctionRoot();
    FrameRecycler::deallocate(this, size);
}

} // namespace Ichor::Detail
