#pragma once

#include <ichor/coroutines/ChildStack.h>
#include <ichor/coroutines/ToTask.h>
#include <ichor/model/Cancelled.h>

#include <coroutine>
#include <deque>
#include <exception>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace Ichor {

namespace Detail {

/// What the awaiters for a list of types and for a vector have in common.
class AllAwaiter : public ParentLeaf {
protected:
    AllAwaiter() noexcept = default;
    ~AllAwaiter() override = default;

    void throwIfFailed() {
        if (_error != nullptr) std::rethrow_exception(std::move(_error));
        if (_isChildCancelled || wasParentCancelled()) throw Cancelled{};
        throwIfCancelled();
    }

    template <class T>
    static auto valueOf(Outcome<T> &outcome) -> std::conditional_t<std::is_void_v<T>, std::monostate, T> {
        if constexpr (std::is_void_v<T>) {
            return {};
        } else if constexpr (std::is_reference_v<T>) {
            return static_cast<T>(**outcome.value);
        } else {
            return std::move(*outcome.value);
        }
    }

private:
    void onChildEnded(ChildBase &child) noexcept override {
        if (child.error() == nullptr && !child.wasCancelled()) return;
        if (child.wasCancelled()) _isChildCancelled = true;
        if (_error == nullptr) _error = std::move(child.error());
        cancelChildren(); // what they come up with would be lost anyway
    }

    std::exception_ptr _error; // the first
    bool _isChildCancelled = false;
};

template <class... Ts>
class WhenAllAwaiter final : public AllAwaiter {
public:
    explicit WhenAllAwaiter(std::tuple<Task<Ts>...> &tasks) noexcept : WhenAllAwaiter(tasks, std::index_sequence_for<Ts...>{}) {}

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept {
        if (!begin(coroutine)) return refuse();
        std::apply([this](auto &...children) { (children.prepare(stack()), ...); }, _children);
        return sleepUntilEnded();
    }

    auto await_resume() {
        throwIfFailed();
        return std::apply(
            [](auto &...children) { return std::tuple<decltype(valueOf(children.outcome))...>(valueOf(children.outcome)...); }, _children);
    }

private:
    template <std::size_t... Is>
    WhenAllAwaiter([[maybe_unused]] std::tuple<Task<Ts>...> &tasks, std::index_sequence<Is...>) noexcept
        : _children(ChildSeed<Ts>{*this, std::get<Is>(tasks)}...) {}

    std::tuple<ChildStack<Ts>...> _children;
};

template <class T>
class WhenAllOfVectorAwaiter final : public AllAwaiter {
public:
    explicit WhenAllOfVectorAwaiter(std::vector<Task<T>> &tasks) {
        for (Task<T> &task : tasks) _children.emplace_back(ChildSeed<T>{*this, task});
    }

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept {
        if (!begin(coroutine)) return refuse();
        for (auto &child : _children) child.prepare(stack());
        return sleepUntilEnded();
    }

    auto await_resume() {
        throwIfFailed();
        if constexpr (!std::is_void_v<T>) {
            std::vector<T> values;
            values.reserve(_children.size());
            for (auto &child : _children) values.push_back(valueOf(child.outcome));
            return values;
        }
    }

private:
    std::deque<ChildStack<T>> _children; // which stay where they are
};

/// See whenAll().
template <class... Ts>
class [[nodiscard]] WhenAll {
public:
    explicit WhenAll(Task<Ts>... tasks) noexcept : _tasks(std::move(tasks)...) {}
    [[nodiscard]] WhenAllAwaiter<Ts...> operator co_await() noexcept { return WhenAllAwaiter<Ts...>(_tasks); }

private:
    std::tuple<Task<Ts>...> _tasks;
};

template <class T>
class [[nodiscard]] WhenAllOfVector {
public:
    explicit WhenAllOfVector(std::vector<Task<T>> tasks) noexcept : _tasks(std::move(tasks)) {}
    [[nodiscard]] WhenAllOfVectorAwaiter<T> operator co_await() { return WhenAllOfVectorAwaiter<T>(_tasks); }

private:
    std::vector<Task<T>> _tasks;
};

template <class... Ts>
WhenAll<Ts...> whenAllTasks(Task<Ts>... tasks) noexcept {
    return WhenAll<Ts...>(std::move(tasks)...);
}

} // namespace Detail

/// `auto [a, b] = co_await whenAll(first(), second())` runs tasks and other operations side by side and gives all results as a tuple, in
/// the order of the arguments; std::monostate for one that gives nothing.
///
/// Waits:     suspends until each has ended, one way or the other
/// Resumes:   on the same thread, together with the end of the last
/// Lifetime:  owns a temporary that is passed; refers to what has a name
/// Errors:    the first exception, or Cancelled, of one ends the others, and is thrown once they have wound down; Cancelled when the
///            awaiting coroutine is cancelled; std::bad_alloc
template <class... As>
[[nodiscard]] auto whenAll(As &&...operations) {
    return Detail::whenAllTasks(Detail::toTask(std::forward<As>(operations))...);
}

/// The same for as many tasks of one kind as there are at run time: a vector of their results, or nothing for Task<void>.
template <class T>
[[nodiscard]] auto whenAll(std::vector<Task<T>> tasks) noexcept {
    static_assert(!std::is_reference_v<T>, "whenAll of a vector of tasks needs tasks that give values: a vector holds no references.");
    return Detail::WhenAllOfVector<T>(std::move(tasks));
}

} // namespace Ichor
