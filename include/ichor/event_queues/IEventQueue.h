#pragma once

#include <ichor/coroutines/IResumer.h>
#include <ichor/event_queues/EventStore.h>
#include <ichor/event_queues/IEventProcessor.h>
#include <ichor/event_queues/PushMark.h>
#include <ichor/event_queues/QueueOptions.h>
#include <ichor/events/CheckedEvent.h>
#include <ichor/events/Event.h>
#include <ichor/model/Priority.h>
#include <ichor/model/ServiceId.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace Ichor {

class DependencyManager;
class IEventQueue;
class IReadiness;
class ISockets;
class RealtimeQueue;

namespace Detail {

class EventLoop;
class ILoopDriver;

inline constinit thread_local IEventQueue *currentQueue = nullptr; // the one whose loop runs on this thread

/// a == b, without the compiler learning from it that either may stand for the other: a processor that guesses the outcome right need not
/// wait for a pointer that is found by way of several objects when it can go on with one that it has.
template <class T>
[[gnu::always_inline]] inline bool isSameUnlearned(T const *a, T const *b) noexcept {
#if defined(__GNUC__)
    asm("" : "+r"(a)); // an a that it knows nothing of
#endif
    return a == b;
}

template <class E, class... Args>
struct StoredEvent {
    using Type = E;
};
template <class E, class Arg>
requires requires { typename E::template StoredFor<Arg>; }
struct StoredEvent<E, Arg> {
    using Type = typename E::template StoredFor<Arg>;
};

} // namespace Detail

/// Events, timers, coroutines and I/O of one thread, and the loop that runs them. Of events of one priority from one thread, the one
/// pushed first runs first; a lower priority runs sooner.
///
/// Threads:   pushing, quit(), isRunning(), current() any; all else the queue's own, which is the one that calls start()
/// Lifetime:  owns its processor and the events in it; outlives all who push
/// Errors:    of a push: std::bad_alloc, QueueFull, QueueClosed, or what the event's constructor throws; then nothing has changed
class IEventQueue : public IResumer {
public:
    IEventQueue(IEventQueue const &) = delete;
    IEventQueue &operator=(IEventQueue const &) = delete;
    virtual ~IEventQueue();

    /// Constructs an event of type E at the default priority and gives back its id.
    template <class E, class... Args>
    std::uint64_t pushEvent(ServiceId origin, Args &&...args) {
        return pushPrioritisedEvent<E>(origin, DEFAULT_PRIORITY, std::forward<Args>(args)...);
    }

    template <class E, class... Args>
    std::uint64_t pushPrioritisedEvent(ServiceId origin, Priority priority, Args &&...args) {
        using Stored = typename Detail::StoredEvent<E, Args...>::Type;
        if constexpr (Detail::CanBePushed<Stored, Args...>) {
            if (IEventQueue *own = Detail::currentQueue; Detail::isSameUnlearned(own, this) && !own->_isBounded) [[likely]] {
                return own->emplaceOwn<Stored, Accounting::COUNTED>(own->_lastId += 2, origin, priority, std::forward<Args>(args)...);
            }
            return pushGuarded<Stored>(Refusal::THROWS, origin, priority, std::forward<Args>(args)...);
        } else {
            Detail::refusePush<Stored, Args...>();
            return 0;
        }
    }

    /// False: the queue is full or has ended, and there is no event.
    template <class E, class... Args>
    bool tryPushEvent(ServiceId origin, Args &&...args) {
        return tryPushPrioritisedEvent<E>(origin, DEFAULT_PRIORITY, std::forward<Args>(args)...);
    }

    template <class E, class... Args>
    bool tryPushPrioritisedEvent(ServiceId origin, Priority priority, Args &&...args) {
        using Stored = typename Detail::StoredEvent<E, Args...>::Type;
        if constexpr (Detail::CanBePushed<Stored, Args...>) {
            return pushGuarded<Stored>(Refusal::RETURNS_ZERO, origin, priority, std::forward<Args>(args)...) != 0;
        } else {
            Detail::refusePush<Stored, Args...>();
            return false;
        }
    }

    /// For the framework: not subject to the capacity, and dropped without a word (the result is 0) when the queue has ended.
    template <class E, class... Args>
    std::uint64_t pushInternal(ServiceId origin, Priority priority, Args &&...args) {
        using Stored = typename Detail::StoredEvent<E, Args...>::Type;
        if (Detail::currentQueue == this) [[likely]] {
            return emplaceOwn<Stored, Accounting::FREE>(nextOwnId(), origin, priority, std::forward<Args>(args)...);
        }
        if (isClosed()) return 0;
        return pushRemote<Stored, Accounting::FREE>(origin, priority, std::forward<Args>(args)...);
    }

    /// For the framework: what has been pushed so far, and what will be.
    [[nodiscard]] Detail::PushMark pushMark() noexcept;

    /// Makes the manager of this queue, which becomes its processor. Once.
    DependencyManager &createManager();

    /// Who is handed the events. Once, before start().
    void setProcessor(std::unique_ptr<IEventProcessor> processor);

    /// Runs the loop until the processor is finished, and gives back its exit status. Once.
    ///
    /// Waits:     blocks until then
    int start(SignalCapture capture = DoNotCaptureSigInt);

    /// Asks the processor to finish: IEventProcessor::onQuit. Asking again changes nothing.
    ///
    /// Threads:   any, and from signal handlers
    void quit() noexcept;

    /// True between the start of the loop and its end.
    [[nodiscard]] bool isRunning() const noexcept;

    /// How many events wait, those included which other threads have just pushed.
    [[nodiscard]] std::size_t size() const noexcept;

    /// To watch descriptors with; nullptr when this kind of queue cannot.
    [[nodiscard]] IReadiness *readiness() noexcept;

    /// To move bytes over sockets with; nullptr when this kind of queue cannot.
    [[nodiscard]] ISockets *sockets() noexcept;

    /// This queue, to push events with deadlines to; nullptr when it is of another kind.
    [[nodiscard]] RealtimeQueue *realtime() noexcept;

    /// The queue whose loop runs on this thread; nullptr when none does.
    [[nodiscard]] static IEventQueue *current() noexcept { return Detail::currentQueue; }

    void post(Wakeup &wakeup, Priority priority) noexcept final;
    void postLater(Wakeup &wakeup, Priority priority) noexcept final;
    void armTimer(TimerNode &timer, TimePoint deadline) final;
    void disarmTimer(TimerNode &timer) noexcept final;
    [[nodiscard]] TimePoint now() const noexcept final;
    [[nodiscard]] bool isOwnThread() const noexcept final;
    void postSignal(RemoteSignal &signal) noexcept final;
    void withdrawSignal(RemoteSignal &signal) noexcept final;

protected:
    IEventQueue(std::unique_ptr<Detail::ILoopDriver> driver, QueueOptions const &options);

    [[nodiscard]] Detail::EventLoop &loop() const noexcept { return *_loop; }

    enum class Refusal : bool { THROWS, RETURNS_ZERO };

    std::uint64_t refuseClosed(Refusal refusal);                     // gives back 0, or throws
    std::uint64_t refuseFull(Refusal refusal, std::size_t capacity); // likewise
    [[nodiscard]] bool isClosed() const noexcept;

private:
    friend Detail::EventLoop;

    // Holds a place in a bounded queue until its event is in.
    class Admission {
    public:
        Admission(IEventQueue &queue, Refusal refusal) : _queue(queue), _isGranted(queue.admit(refusal)) {}
        Admission(Admission const &) = delete;
        Admission &operator=(Admission const &) = delete;
        ~Admission() {
            if (_isGranted) _queue.giveUpPlace();
        }
        [[nodiscard]] bool isGranted() const noexcept { return _isGranted; }
        void use() noexcept { _isGranted = false; }

    private:
        IEventQueue &_queue;
        bool _isGranted;
    };

    [[nodiscard]] std::uint64_t nextOwnId() noexcept { return _ownStamp == nullptr ? _lastId += 2 : nextStampedId(); }

    template <class E, Accounting A, class... Args>
    [[gnu::always_inline]] std::uint64_t emplaceOwn(std::uint64_t id, ServiceId origin, Priority priority, Args &&...args) {
        _events.emplace<E, A>(id, origin, priority, std::forward<Args>(args)...);
        return id;
    }

    template <class E, class... Args>
    std::uint64_t pushGuarded(Refusal refusal, ServiceId origin, Priority priority, Args &&...args) {
        Admission admission(*this, refusal);
        if (!admission.isGranted()) return 0;
        std::uint64_t id = 0;
        try {
            id = Detail::currentQueue == this
                     ? emplaceOwn<E, Accounting::COUNTED>(nextOwnId(), origin, priority, std::forward<Args>(args)...)
                     : pushRemote<E, Accounting::COUNTED>(origin, priority, std::forward<Args>(args)...);
        } catch (Detail::StoreFull const &) { // its events are larger than it was made for
            return refuseFull(refusal);
        }
        if (id == 0) return refuseClosed(refusal); // it ended since
        admission.use();
        return id;
    }

    // The event is constructed before the inbox is locked: its constructor may take long, or push others. 0: the queue has ended.
    template <class E, Accounting A, class... Args>
    std::uint64_t pushRemote(ServiceId origin, Priority priority, Args &&...args) {
        if constexpr (Detail::IS_BOXED<E>) {
            Detail::BoxedEvent<E> boxed(std::forward<Args>(args)...);
            Detail::EventAccess::describe(*boxed, Detail::DESCRIPTOR_OF<E, A>, 0, origin, priority);
            std::uint64_t id = deliver(*boxed);
            if (id != 0) boxed.release();
            return id;
        } else {
            Detail::StackEvent<E> event(std::forward<Args>(args)...);
            Detail::EventAccess::describe(*event, Detail::DESCRIPTOR_OF<E, A>, 0, origin, priority);
            return deliver(*event);
        }
    }

    [[nodiscard]] bool admit(Refusal refusal);
    std::uint64_t refuseFull(Refusal refusal);
    void giveUpPlace() noexcept;
    std::uint64_t deliver(Event &event);
    void postAs(std::uint64_t id, Wakeup &wakeup, Priority priority) noexcept;
    [[nodiscard]] std::uint64_t nextStampedId() noexcept;

    Detail::EventStore _events;
    std::uint64_t _lastId = 0;                // even: pushed by the queue's own thread; odd: by others
    std::uint64_t const *_ownStamp = nullptr; // where the least id stands that its own thread may give now; nullptr = any that is new
    bool const _isBounded;
    std::unique_ptr<Detail::EventLoop> _loop;
};

} // namespace Ichor
