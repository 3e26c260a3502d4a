#pragma once

#include "EventRouter.h"
#include <cstddef>
#include <exception>
#include <ichor/coroutines/TaskStack.h>
#include <ichor/events/RunFunctionEventAsync.h>
#include <utility>

namespace Ichor::Detail {

/// Runs the coroutine of a RunFunctionEventAsync, with the event, and so the callable's captures, in the same piece of memory.
///
/// One is made for each push and most end without ever sleeping, so this does without what a Root is launched again for, and all that
/// such a one goes through is inline.
///
/// Threads: the manager's own
class FunctionRoot final : private TaskStack<void> {
public:
    /// Moves the event, which must not be boxed, out of the queue, and runs it up to its first suspension. A callable that throws is
    /// reported as its coroutine would be. Errors: std::bad_alloc; then the event is where it was
    static void launch(EventRouter &router, Event &event, DependencyManager &manager, Scope &scope, Priority priority) {
        EventDescriptor const &descriptor = event.descriptor();
        FunctionRoot *root = descriptor.size <= ROOM ? router.takeParkedRoot() : nullptr;
        if (root == nullptr) [[unlikely]] {
            root = &make(router, manager, descriptor.size);
        }
        descriptor.moveTo(root + 1, event);
        root->start(manager, priority);
        if (root->_phase != Phase::OVER) {
            return root->sleep(scope);
        }
        // It never slept, so that nothing has changed in it since it was made.
        root->_phase = Phase::FIRST_RUN;
        if (descriptor.size > ROOM || !router.park(*root)) [[unlikely]] {
            free(*root, descriptor.size);
        }
    }

    /// Frees one that is parked.
    static void discard(FunctionRoot &parked) noexcept;

private:
    // Events up to this size share a size of root, so that one that is parked can serve any of them.
    static constexpr std::size_t ROOM = 64;

    /// FIRST_RUN: launch() looks at it when that is over | OVER: all that it ran is gone
    enum class Phase : std::uint8_t { FIRST_RUN, ASLEEP, OVER };

    static FunctionRoot &make(EventRouter &router, DependencyManager &manager, std::size_t eventSize);
    static void free(FunctionRoot &root, std::size_t eventSize) noexcept;
    explicit FunctionRoot(EventRouter &router) noexcept : _router(router), _entry(ScopeEntry::Kind::ROOT) {}
    ~FunctionRoot() = default;

    void start(DependencyManager &manager, Priority priority) noexcept {
        Task<void> task;
        try {
            task = event().run(manager);
        } catch (...) {
            return fail(std::current_exception());
        }
        if (!task) [[unlikely]] {
            return succeed();
        }
        setOwner(priority, event().origin());
        if (!take(task)) [[unlikely]] {
            return fail(nullptr);
        }
        if (runAtOnce(taskFrame().handle)) [[likely]] {
            taskEnded();
        }
    }

    void taskEnded() noexcept {
        if (hasThrown()) [[unlikely]] {
            return taskThrew();
        }
        destroyTask();
        releaseGenerators();
        succeed();
    }

    void succeed() noexcept {
        _router.completed(event());
        end();
    }

    void end() noexcept {
        EventDescriptor const &descriptor = event().descriptor();
        if (descriptor.destroy != nullptr) {
            descriptor.destroy(event());
        }
        if (std::exchange(_phase, Phase::OVER) == Phase::ASLEEP) [[unlikely]] {
            free(*this, descriptor.size);
        }
    }

    void sleep(Scope &scope) noexcept;
    CallStack *ended() noexcept override;
    void endedEarly() noexcept override;
    void taskThrew() noexcept;
    void fail(std::exception_ptr const &error) noexcept;
    [[nodiscard]] RunFunctionEventAsync &event() noexcept {
        return *static_cast<RunFunctionEventAsync *>(reinterpret_cast<Event *>(this + 1));
    }

    EventRouter &_router;
    ScopeEntry _entry; // leaves the scope last, when the captures are gone
    Phase _phase = Phase::FIRST_RUN;
};

} // namespace Ichor::Detail
