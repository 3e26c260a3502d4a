#pragma once

#include <exception>
#include <functional>
#include <ichor/base/Containers.h>
#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/Task.h>
#include <ichor/dependency_management/DependencyManager.h>
#include <ichor/event_queues/IEventQueue.h>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace Ichor {

/// What CommunicationChannel::run throws when the other manager has left the channel, or ended before it came to run the function.
class ManagerGone final : public std::runtime_error {
public:
    explicit ManagerGone(ManagerId id);
};

namespace Detail {

template <typename T>
struct TaskValue {
    using Type = T;
};
template <typename T>
struct TaskValue<Task<T>> {
    using Type = T;
};

/// What both ends of a call on another manager share, so that its end is heard at home whatever channels either end has joined by then.
///
/// Threads: any
class RemoteEnd {
public:
    /// Wakes who waits at home, unless it is gone.
    void arrive() noexcept {
        std::lock_guard const lock{_mutex};
        if (_isDone != nullptr) {
            _isDone->set();
        }
    }

private:
    friend class RemoteWait;
    std::mutex _mutex;                        // guards _isDone, and lets it go only when nobody sets it
    AsyncManualResetEvent *_isDone = nullptr; // nullptr = who called waits no more
};

/// Where the caller waits: in its frame, which goes before its queue does.
///
/// Threads: the caller's
class RemoteWait final {
public:
    explicit RemoteWait(RemoteEnd &end) noexcept : _end(end) { _end._isDone = &_isDone; }
    RemoteWait(RemoteWait const &) = delete;
    RemoteWait &operator=(RemoteWait const &) = delete;
    ~RemoteWait() {
        std::lock_guard const lock{_end._mutex};
        _end._isDone = nullptr;
    }
    [[nodiscard]] auto operator co_await() noexcept { return _isDone.operator co_await(); }

private:
    RemoteEnd &_end;
    AsyncManualResetEvent _isDone;
};

/// What a call on another manager leaves behind. The other thread writes it before arrive().
template <typename T>
struct RemoteCall final : RemoteEnd {
    std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
    std::exception_ptr error;
};

} // namespace Detail

/// Joins managers, so that one can send events to the others and run functions there.
///
/// Threads:  any
/// Lifetime: outlives the managers that join it; a manager leaves by itself when it goes
class CommunicationChannel final {
public:
    CommunicationChannel() = default;
    CommunicationChannel(CommunicationChannel const &) = delete;
    CommunicationChannel &operator=(CommunicationChannel const &) = delete;
    ~CommunicationChannel();

    void addManager(DependencyManager &manager);
    /// Nothing more is sent to it. What was sent before stays, and calls of run() that are under way, from it or to it, end as if it were
    /// still here.
    void removeManager(DependencyManager &manager) noexcept;

    /// Pushes an event to another manager's queue. False: that one is not here, or its queue is full or has ended.
    template <typename E, typename... Args>
    bool sendEventTo(ManagerId to, ServiceId origin, Args &&...args) {
        return sendPrioritisedEventTo<E>(to, origin, DEFAULT_PRIORITY, std::forward<Args>(args)...);
    }

    template <typename E, typename... Args>
    bool sendPrioritisedEventTo(ManagerId to, ServiceId origin, Priority priority, Args &&...args) {
        std::lock_guard const lock{_mutex};
        auto const found = _queues.find(to);
        return found != _queues.end() && found->second->template tryPushPrioritisedEvent<E>(origin, priority, std::forward<Args>(args)...);
    }

    /// Pushes a copy of an event to each manager but `from`. How many took it.
    template <typename E, typename... Args>
    std::size_t broadcastEvent(DependencyManager &from, ServiceId origin, Args const &...args) {
        std::lock_guard const lock{_mutex};
        std::size_t taken = 0;
        for (auto const &[id, queue] : _queues) {
            if (id != from.getId() && queue->template tryPushEvent<E>(origin, args...)) {
                ++taken;
            }
        }
        return taken;
    }

    /// Runs `function(DependencyManager &)`, which may be a coroutine, on another manager's thread, and resumes here with what it gives.
    /// The manager that calls need not have joined.
    ///
    /// Threads: a manager's own
    /// Resumes: on the thread that called; after what the function sent to its manager at the same priority
    /// Errors:  throws what the function throws; ManagerGone
    template <typename F>
    auto run(ManagerId to, F function) -> Task<typename Detail::TaskValue<std::invoke_result_t<F &, DependencyManager &>>::Type> {
        using Result = std::invoke_result_t<F &, DependencyManager &>;
        using Value = typename Detail::TaskValue<Result>::Type;
        using Call = Detail::RemoteCall<Value>;
        requireManager("CommunicationChannel::run");
        auto const call = std::make_shared<Call>();
        Detail::RemoteWait wait{*call};
        Errand<Call> errand{call};
        bool isSent = false;
        if constexpr (!std::is_same_v<Result, Value>) {
            isSent = deliver<RunFunctionEventAsync>(
                to, [errand = std::move(errand), function = std::move(function)](DependencyManager &there) mutable -> Task<void> {
                    Call &result = errand.call();
                    try {
                        Task<Value> task = function(there);
                        if constexpr (std::is_void_v<Value>) {
                            co_await task;
                            result.value = true;
                        } else {
                            result.value.emplace(co_await task);
                        }
                    } catch (Cancelled const &) {
                        // It ends without a result: whoever waits gets ManagerGone.
                    } catch (...) {
                        result.error = std::current_exception();
                    }
                    errand.bringHome();
                });
        } else {
            isSent = deliver<RunFunctionEvent>(
                to, [errand = std::move(errand), function = std::move(function)](DependencyManager &there) mutable {
                    Call &result = errand.call();
                    try {
                        if constexpr (std::is_void_v<Value>) {
                            function(there);
                            result.value = true;
                        } else {
                            result.value.emplace(function(there));
                        }
                    } catch (...) {
                        result.error = std::current_exception();
                    }
                    errand.bringHome();
                });
        }
        if (!isSent) {
            throw ManagerGone{to};
        }
        co_await wait;
        // Taken out, so that it ends here: the other thread may be the last to let go of the call.
        auto value = std::exchange(call->value, std::nullopt);
        if (auto error = std::exchange(call->error, nullptr)) {
            std::rethrow_exception(std::move(error));
        }
        if (!value) {
            throw ManagerGone{to};
        }
        if constexpr (!std::is_void_v<Value>) {
            co_return std::move(*value);
        }
    }

private:
    /// Goes to the other thread with the function, and comes home with the result; also when the function was never run, as its queue
    /// ended: then it comes without one.
    template <typename Call>
    class Errand final {
    public:
        explicit Errand(std::shared_ptr<Call> call) noexcept : _call(std::move(call)) {}
        Errand(Errand &&) noexcept = default;
        Errand &operator=(Errand &&) = delete;
        ~Errand() { bringHome(); }

        [[nodiscard]] Call &call() noexcept { return *_call; }

        void bringHome() noexcept {
            if (auto const call = std::exchange(_call, nullptr)) {
                call->arrive();
            }
        }

    private:
        std::shared_ptr<Call> _call;
    };

    /// Like sendEventTo, but a full queue takes it all the same.
    template <typename E, typename F>
    bool deliver(ManagerId to, F &&function) {
        std::lock_guard const lock{_mutex};
        auto const found = _queues.find(to);
        return found != _queues.end() &&
               found->second->template pushInternal<E>(ServiceId{}, DEFAULT_PRIORITY, std::forward<F>(function)) != 0;
    }

    static void requireManager(char const *what);

    // Recursive: an event that is constructed, or destroyed when it is rejected, may send others.
    std::recursive_mutex _mutex; // guards _queues
    UnorderedMap<ManagerId, IEventQueue *> _queues;
    std::vector<DependencyManager *> _managers;
};

} // namespace Ichor
