#pragma once

#include <cstddef>
#include <ichor/coroutines/Root.h>
#include <ichor/events/RunFunctionEventAsync.h>

namespace Ichor::Detail {

class EventRouter;

/// Runs the coroutine of a RunFunctionEventAsync, with the event, and so the callable's captures, in the same piece of memory.
///
/// Threads: the manager's own
class FunctionRoot final : public Root<void> {
public:
    /// Moves the event out of the queue; not for one that is boxed. Errors: std::bad_alloc; then it is where it was
    [[nodiscard]] static FunctionRoot &take(EventRouter &router, Event &event);

    /// Runs it up to its first suspension. Errors: none; a callable that throws is reported as its coroutine would be
    void start(DependencyManager &manager, Scope &scope, IResumer &resumer, Priority priority) noexcept;

private:
    explicit FunctionRoot(EventRouter &router) noexcept : _router(router) {}
    ~FunctionRoot() = default;

    void finished(Outcome<void> outcome) noexcept override;
    void end() noexcept;
    [[nodiscard]] RunFunctionEventAsync &event() noexcept {
        return *static_cast<RunFunctionEventAsync *>(reinterpret_cast<Event *>(this + 1));
    }

    EventRouter &_router;
};

} // namespace Ichor::Detail
