#pragma once

#include <cstddef>
#include <ichor/coroutines/TaskStack.h>
#include <ichor/events/RunFunctionEventAsync.h>

namespace Ichor::Detail {

class EventRouter;

/// Runs the coroutine of a RunFunctionEventAsync, with the event, and so the callable's captures, in the same piece of memory.
///
/// One is made for each push and most end without ever sleeping, so this does without what a Root is launched again for.
///
/// Threads: the manager's own
class FunctionRoot final : private TaskStack<void> {
public:
    /// Moves the event, which must not be boxed, out of the queue, and runs it up to its first suspension. A callable that throws is
    /// reported as its coroutine would be. Errors: std::bad_alloc; then the event is where it was
    static void launch(EventRouter &router, Event &event, DependencyManager &manager, Scope &scope, IResumer &resumer, Priority priority);

    /// Frees one that is parked.
    static void discard(FunctionRoot &parked) noexcept;

private:
    // Events up to this size share a size of root, so that one that is parked can serve any of them.
    static constexpr std::size_t ROOM = 64;

    static FunctionRoot &make(EventRouter &router, std::size_t eventSize);
    static void free(FunctionRoot &root, std::size_t eventSize) noexcept;
    explicit FunctionRoot(EventRouter &router) noexcept : _router(router), _entry(ScopeEntry::Kind::ROOT) {}
    ~FunctionRoot() = default;

    void start(DependencyManager &manager, Scope &scope, IResumer &resumer, Priority priority) noexcept;
    void sleep(Scope &scope) noexcept;
    CallStack *ended() noexcept override;
    void endedEarly() noexcept override;
    void fail(std::exception_ptr const &error) noexcept;
    void end() noexcept;
    [[nodiscard]] RunFunctionEventAsync &event() noexcept {
        return *static_cast<RunFunctionEventAsync *>(reinterpret_cast<Event *>(this + 1));
    }

    EventRouter &_router;
    bool *_isOver = nullptr; // during its first run: where start() sees that this has gone
    ScopeEntry _entry;       // leaves the scope last, when the captures are gone
};

} // namespace Ichor::Detail
