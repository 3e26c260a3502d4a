#pragma once

#include <ichor/coroutines/Task.h>
#include <ichor/events/Event.h>
#include <ichor/events/RunFunctionEvent.h>

#include <concepts>
#include <type_traits>
#include <utility>

namespace Ichor {

/// Runs a coroutine on the queue's own thread: `queue.pushEvent<RunFunctionEventAsync>(origin, [this]() -> Task<void> { … })`. The
/// callable may take the DependencyManager. It is kept in the event itself and, with its captures, lives as long as the coroutine.
class RunFunctionEventAsync : public EventOf<RunFunctionEventAsync> {
public:
    template <class F>
    class For;

    /// What a push of this type with `F` stores.
    template <class F>
    using StoredFor = For<std::decay_t<F>>;

    /// Lifetime:  the event has to live until the task has ended
    Task<void> run(DependencyManager &manager) { return _run(*this, manager); }

protected:
    using Run = Task<void> (*)(RunFunctionEventAsync &, DependencyManager &);

    explicit RunFunctionEventAsync(Run call) noexcept : _run(call) {}

private:
    Run _run;
};

template <class F>
class RunFunctionEventAsync::For final : public RunFunctionEventAsync {
    static_assert(Detail::IS_EVENT_FUNCTION<F>,
                  "a RunFunctionEventAsync takes a callable without parameters or with one of type DependencyManager &");

public:
    template <class G>
    requires std::same_as<std::decay_t<G>, F>
    explicit For(G &&function) noexcept(std::is_nothrow_constructible_v<F, G>)
        : RunFunctionEventAsync(&For::call), _function(std::forward<G>(function)) {}

private:
    static Task<void> call(RunFunctionEventAsync &event, DependencyManager &manager) {
        static_assert(std::same_as<Detail::EventFunctionResult<F>, Task<void>>,
                      "the callable of a RunFunctionEventAsync has to return Task<void>; push a plain function as a RunFunctionEvent");
        return Detail::callEventFunction(static_cast<For &>(event)._function, manager);
    }

    F _function;
};

template <class F>
inline constexpr EventKind Detail::KIND_OF<RunFunctionEventAsync::For<F>> = EventKind::COROUTINE;

} // namespace Ichor
