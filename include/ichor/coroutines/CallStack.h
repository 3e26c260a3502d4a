#pragma once

#include <ichor/base/IntrusiveList.h>
#include <ichor/coroutines/Frame.h>
#include <ichor/coroutines/IResumer.h>
#include <ichor/coroutines/Wakeup.h>
#include <ichor/model/Priority.h>
#include <ichor/model/ServiceId.h>

#include <coroutine>
#include <cstdint>

namespace Ichor {

class Leaf;
class ScopeEntry;

/// One asynchronous call chain: a coroutine, the one that it awaits, and so on down to the operation (Leaf) that it sleeps in.
/// Coroutines never resume each other. They say who is next and return here, where a loop goes on, so that neither depth nor
/// repetition costs stack, with any compiler and at any optimisation.
///
/// Threads:   the resumer's own
class CallStack : private Wakeup {
public:
    [[nodiscard]] IResumer &resumer() const noexcept { return *_resumer; }
    [[nodiscard]] Priority priority() const noexcept { return _priority; }
    /// The service for which it runs.
    [[nodiscard]] ServiceId owner() const noexcept { return _owner; }

    /// Every await of Ichor's operations ends at once.
    [[nodiscard]] bool isCancelled() const noexcept { return _cancellations != 0; }

    /// Counts one more cancellation; when it sleeps, the operation that it sleeps in ends.
    void requestCancel() noexcept;
    /// Takes one back: the cancelled part of the chain has ended.
    void withdrawCancel() noexcept {
        --_cancellations;
        _refusals = 0;
    }

    /// A coroutine of it, or of one that it waits for, is on the thread's stack.
    [[nodiscard]] bool isRunning() const noexcept;

    /// Destroys what sleeps, down to the coroutine with that entry; who waits for that one gets Cancelled.
    void abandonFrom(ScopeEntry &entry) noexcept;

protected:
    CallStack() noexcept = default;
    virtual ~CallStack() { releaseGenerators(); }

    void bind(IResumer &resumer, Priority priority, ServiceId owner) noexcept {
        setResumer(resumer);
        setOwner(priority, owner);
        _cancellations = 0;
        _refusals = 0;
    }
    void setResumer(IResumer &resumer) noexcept { _resumer = &resumer; }
    void setOwner(Priority priority, ServiceId owner) noexcept {
        _priority = priority;
        _owner = owner;
    }

    /// Runs a coroutine of this chain, and what it leads to, until all sleep or have ended.
    void run(std::coroutine_handle<> first) noexcept {
        first.resume();
        if (_next || _isEnding || _begun != nullptr) [[unlikely]]
            goOn();
    }
    /// Runs the outermost coroutine for the first time. True: it has ended by that, and nothing was told.
    [[nodiscard]] bool runAtOnce(std::coroutine_handle<> outermost) noexcept {
        outermost.resume();
        if (_isEnding && !_next) [[likely]] {
            _isEnding = false;
            return true;
        }
        if (_next || _begun != nullptr) goOn();
        return false;
    }
    /// The same, a little later, by a wakeup.
    void runSoon(Detail::Frame frame) noexcept;
    /// The same, by the run() of the chain that is on the thread's stack now; see Leaf::begin.
    void runNext(Detail::Frame frame) noexcept { _pending = frame; }

    /// Destroys all its frames, the innermost first; it must not be running.
    void abandonFrames() noexcept { unwind(nullptr); }
    /// Generators that the chain consumed and that live on elsewhere no longer belong to it.
    void releaseGenerators() noexcept {
        if (!_generators.isEmpty()) [[unlikely]]
            releaseEachGenerator();
    }

    /// The outermost coroutine has ended, or yielded. Says which chain is to go on in its place (see Leaf::goOn), if any. May destroy this.
    virtual CallStack *ended() noexcept = 0;
    /// The outermost coroutine was destroyed by abandonFrom(). May destroy this.
    virtual void endedEarly() noexcept = 0;

private:
    friend Leaf;
    friend Detail::PromiseBase;
    friend Detail::GeneratorPromiseBase;

    static constexpr std::uint8_t REFUSALS_AT_ONCE = 16;   // more than any cleaning up awaits
    static constexpr std::uint8_t REFUSALS_IN_A_ROW = 240; // until it has to wait

    void wake() noexcept final;
    void goOn() noexcept;
    void releaseEachGenerator() noexcept;
    Detail::Frame innermost() const noexcept;
    Detail::Caller *unwind(ScopeEntry const *last) noexcept;

    // Where it stands: _leaf set = sleeps there | _pending set = will be run by a wakeup, or has not begun | neither = running, or ended
    std::coroutine_handle<> _next; // who is to run when the one that runs has returned
    bool _isEnding = false;        // the one that runs was the outermost, and has ended or yielded
    std::uint8_t _refusals = 0;    // of operations that were awaited although it was cancelled
    std::uint32_t _cancellations = 0;
    Leaf *_leaf = nullptr;
    CallStack *_begun = nullptr; // chains that it waits for and that have not run yet, joined by _nextBegun
    CallStack *_nextBegun = nullptr;
    IResumer *_resumer = nullptr;
    Priority _priority;
    ServiceId _owner;
    Detail::Frame _pending;
    IntrusiveList<Detail::GeneratorLink, &Detail::GeneratorLink::hook> _generators; // that it consumed last and that belong to a scope
};

} // namespace Ichor
