#include "FunctionRoot.h"

#include "EventRouter.h"
#include <ichor/coroutines/FrameRecycler.h>
#include <new>

namespace Ichor::Detail {

static_assert(sizeof(FunctionRoot) % RECORD_ALIGNMENT == 0, "the event lies right behind the root");

FunctionRoot &FunctionRoot::take(EventRouter &router, Event &event) {
    EventDescriptor const &descriptor = event.descriptor();
    void *memory = FrameRecycler::allocate(sizeof(FunctionRoot) + descriptor.size);
    auto *root = ::new (memory) FunctionRoot(router);
    descriptor.moveTo(root + 1, event);
    return *root;
}

void FunctionRoot::start(DependencyManager &manager, Scope &scope, IResumer &resumer, Priority priority) noexcept {
    Task<void> task;
    try {
        task = event().run(manager);
    } catch (...) {
        _router.failed(event(), event().origin(), std::current_exception());
        return end();
    }
    if (!task) {
        return finished(Outcome<void>{});
    }
    launch(std::move(task), &scope, resumer, priority, event().origin());
}

void FunctionRoot::finished(Outcome<void> outcome) noexcept {
    if (outcome.hasSucceeded()) {
        _router.completed(event());
    } else {
        _router.failed(event(), event().origin(), outcome.error);
    }
    end();
}

void FunctionRoot::end() noexcept {
    EventDescriptor const &descriptor = event().descriptor();
    std::size_t const size = sizeof(FunctionRoot) + descriptor.size;
    if (descriptor.destroy != nullptr) {
        descriptor.destroy(event());
    }
    this->~FunctionRoot();
    FrameRecycler::deallocate(this, size);
}

} // namespace Ichor::Detail
