#include "FunctionRoot.h"

#include "EventRouter.h"
#include <algorithm>
#include <ichor/coroutines/FrameRecycler.h>
#include <new>
#include <utility>

namespace Ichor::Detail {

static_assert(sizeof(FunctionRoot) % RECORD_ALIGNMENT == 0, "the event lies right behind the root");

void FunctionRoot::launch(EventRouter &router, Event &event, DependencyManager &manager, Scope &scope, IResumer &resumer,
                          Priority priority) {
    EventDescriptor const &descriptor = event.descriptor();
    FunctionRoot *root = descriptor.size <= ROOM ? router.takeParkedRoot() : nullptr;
    if (root == nullptr) {
        root = &make(router, descriptor.size);
    }
    descriptor.moveTo(root + 1, event);
    root->start(manager, scope, resumer, priority);
}

FunctionRoot &FunctionRoot::make(EventRouter &router, std::size_t eventSize) {
    void *memory = FrameRecycler::allocate(sizeof(FunctionRoot) + std::max(eventSize, ROOM));
    return *::new (memory) FunctionRoot(router);
}

void FunctionRoot::free(FunctionRoot &root, std::size_t eventSize) noexcept {
    root.~FunctionRoot();
    FrameRecycler::deallocate(&root, sizeof(FunctionRoot) + std::max(eventSize, ROOM));
}

void FunctionRoot::discard(FunctionRoot &parked) noexcept { free(parked, ROOM); }

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
    EventDescriptor const &descriptor = event().descriptor();
    std::size_t const size = descriptor.size;
    if (descriptor.destroy != nullptr) {
        descriptor.destroy(event());
    }
    if (_isOver != nullptr) {
        *std::exchange(_isOver, nullptr) = true;
        // It never slept, so that nothing has changed in it since it was made.
        if (size <= ROOM && _router.park(*this)) {
            return;
        }
    }
    free(*this, size);
}

} // namespace Ichor::Detail
