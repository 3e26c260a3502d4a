#pragma once

#include <ichor/coroutines/Awaitable.h>
#include <ichor/coroutines/CallStack.h>
#include <ichor/coroutines/Frame.h>
#include <ichor/coroutines/FrameRecycler.h>
#include <ichor/coroutines/PlainScopes.h>
#include <ichor/coroutines/Scope.h>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace Ichor::Detail {

/// What the promises of all coroutines of ours have in common: whom they run for, who waits for them, where their frame comes from.
///
/// Threads:   one at a time; the call stack's own once it runs
class PromiseBase : public ScopeEntry {
public:
    explicit PromiseBase(Kind kind) noexcept : ScopeEntry(kind) {}

    static void *operator new(std::size_t size) { return FrameRecycler::allocate(size); }
    static void operator delete(void *frame, std::size_t size) noexcept { FrameRecycler::deallocate(frame, size); }

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }

    /// Lets only those awaitables pass that can be cancelled and that come back on this thread.
    template <class A>
    [[nodiscard]] decltype(auto) await_transform(A &&awaitable) const {
        static_assert(IS_OURS<A>, "An Ichor coroutine can await Ichor's tasks, generators and operations only: any other awaitable "
                                  "could neither be cancelled with the service nor be trusted to resume on this thread. Let its "
                                  "callback set an Ichor::AsyncManualResetEvent, or derive its awaiter from Ichor::Leaf.");
        if constexpr (std::is_rvalue_reference_v<decltype(awaiterOf(static_cast<A &&>(awaitable)))>) {
            return AwaiterReference<std::remove_reference_t<A>>(awaitable);
        } else {
            return awaiterOf(static_cast<A &&>(awaitable));
        }
    }

    /// Who runs when the one that is about to suspend has done so.
    static void goOnWith(CallStack &stack, std::coroutine_handle<> next) noexcept { stack._next = next; }

    [[nodiscard]] Caller *caller() const noexcept { return _caller; }

    /// The frame as its handle sees it. What is wrong with one that the compiler has put together badly is told before it runs.
    template <class Promise>
    [[nodiscard]] static std::coroutine_handle<Promise> handleOf(Promise &promise) noexcept {
        auto const handle = std::coroutine_handle<Promise>::from_promise(promise);
        if (!isWellPlaced(handle.address())) [[unlikely]]
            reportMiscompilation();
        return handle;
    }

    /// The frame is about to be destroyed before its end: whoever else would destroy it is told.
    void forget() noexcept;

protected:
    ~PromiseBase() = default;

    // With g++ frames are allocated, and so aligned; 12.2 puts variables before a frame's beginning in some coroutines (its bug 106713).
    // clang puts a frame that need not outlive its caller's into that one.
    static bool isWellPlaced([[maybe_unused]] void const *frame) noexcept {
#if defined(__clang__)
        return true;
#else
        return reinterpret_cast<std::uintptr_t>(frame) % __STDCPP_DEFAULT_NEW_ALIGNMENT__ == 0;
#endif
    }
    [[noreturn]] static void reportMiscompilation() noexcept;

    friend struct FinalAwaiter;

    /// Who waits for it, or the chain's owner, is to go on.
    void handBack() noexcept {
        if (Caller *caller = std::exchange(_caller, nullptr); caller != nullptr) {
            stack()->_next = caller->frame.handle;
        } else {
            stack()->_isEnding = true;
        }
    }

    Caller *_caller = nullptr; // nullptr: the outermost of its chain, not begun, or a generator that nobody asks for a value
};

/// At the end of a coroutine: it stays until whoever owns it has taken its result.
struct FinalAwaiter {
    // Hands back here, where the promise's address is at hand: g++ reads the handle that await_suspend is given from the frame, and
    // whoever runs next would have to wait for that.
    [[nodiscard]] bool await_ready() const noexcept {
        promise.handBack();
        return false;
    }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void await_resume() const noexcept {}

    PromiseBase &promise;
};

} // namespace Ichor::Detail
