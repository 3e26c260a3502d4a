#pragma once

#include <ichor/events/Event.h>

#include <concepts>
#include <type_traits>
#include <utility>

namespace Ichor {

class DependencyManager;

namespace Detail {

template <class F>
inline constexpr bool IS_EVENT_FUNCTION = std::invocable<F &> || std::invocable<F &, DependencyManager &>;

template <class F>
decltype(auto) callEventFunction(F &function, [[maybe_unused]] DependencyManager &manager) {
    if constexpr (std::invocable<F &>) {
        return function();
    } else {
        return function(manager);
    }
}

template <class F>
using EventFunctionResult = decltype(callEventFunction(std::declval<F &>(), std::declval<DependencyManager &>()));

template <class T>
concept IsCoroutineType = requires {
    typename std::remove_cvref_t<T>::promise_type;
};

} // namespace Detail

/// Runs a function on the queue's own thread: `queue.pushEvent<RunFunctionEvent>(origin, [this] { tick(); })`. The function may
/// take the DependencyManager. It is kept in the event itself, at its own size. It runs while the service does that pushed it: what
/// still waits when that one stops is dropped.
class RunFunctionEvent : public EventOf<RunFunctionEvent> {
public:
    template <class F>
    class For;

    /// What a push of this type with `F` stores.
    template <class F>
    using StoredFor = For<std::decay_t<F>>;

    void run(DependencyManager &manager) { _run(*this, manager); }

protected:
    using Run = void (*)(RunFunctionEvent &, DependencyManager &);

    explicit RunFunctionEvent(Run call) noexcept : _run(call) {}

private:
    Run _run;
};

template <class F>
class RunFunctionEvent::For final : public RunFunctionEvent {
    static_assert(Detail::IS_EVENT_FUNCTION<F>,
                  "a RunFunctionEvent takes a callable without parameters or with one of type DependencyManager &");

public:
    template <class G>
    requires std::same_as<std::decay_t<G>, F>
    explicit For(G &&function) noexcept(std::is_nothrow_constructible_v<F, G>)
        : RunFunctionEvent(&For::call), _function(std::forward<G>(function)) {}

private:
    static void call(RunFunctionEvent &event, DependencyManager &manager) {
        static_assert(!Detail::IsCoroutineType<Detail::EventFunctionResult<F>>,
                      "this callable is a coroutine: push it as a RunFunctionEventAsync");
        static_cast<void>(Detail::callEventFunction(static_cast<For &>(event)._function, manager));
    }

    F _function;
};

} // namespace Ichor
