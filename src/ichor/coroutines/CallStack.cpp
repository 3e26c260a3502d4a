#include <ichor/coroutines/CallStack.h>

#include <ichor/coroutines/GeneratorPromise.h>
#include <ichor/coroutines/Leaf.h>
#include <ichor/coroutines/PromiseBase.h>
#include <ichor/coroutines/Scope.h>

#include <utility>

namespace Ichor {

void CallStack::requestCancel() noexcept {
    ++_cancellations;
    if (_leaf != nullptr) _leaf->cancel();
}

bool CallStack::isRunning() const noexcept {
    if (_leaf != nullptr) return _leaf->isBusy();
    return !_pending.handle;
}

/// Does what the coroutine that has just returned left to do, until all sleep or have ended.
void CallStack::goOn() noexcept {
    CallStack *stack = this;
    CallStack *begun = nullptr; // who is to run when this one sleeps, the one begun last first
    for (;;) {
        while (stack->_next) std::exchange(stack->_next, nullptr).resume();
        CallStack *follower = nullptr;
        if (std::exchange(stack->_isEnding, false)) {
            follower = stack->ended(); // may have destroyed it
        } else if (stack->_begun != nullptr) {
            CallStack *last = stack->_begun;
            while (last->_nextBegun != nullptr) last = last->_nextBegun;
            last->_nextBegun = std::exchange(begun, std::exchange(stack->_begun, nullptr));
        }
        if (follower != nullptr) {
            stack = follower; // which has a next
        } else if (begun != nullptr) {
            stack = begun;
            begun = std::exchange(stack->_nextBegun, nullptr);
            std::exchange(stack->_pending, Detail::Frame{}).handle.resume();
        } else {
            return;
        }
    }
}

void CallStack::runSoon(Detail::Frame frame) noexcept {
    _pending = frame;
    _resumer->post(*this, _priority);
}

void CallStack::wake() noexcept { run(std::exchange(_pending, Detail::Frame{}).handle); }

Detail::Frame CallStack::innermost() const noexcept { return _leaf != nullptr ? _leaf->_frame : _pending; }

Detail::Caller *CallStack::unwind(ScopeEntry const *last) noexcept {
    Detail::Frame frame = innermost();
    _pending = {};
    withdraw();
    while (frame.handle) {
        bool const isLast = frame.promise == last;
        Detail::Caller *caller = frame.promise->caller();
        Detail::Frame const outer = caller == nullptr ? Detail::Frame{} : caller->frame;
        frame.promise->forget();
        frame.handle.destroy(); // a Leaf in it takes itself off this chain
        if (isLast) return caller;
        frame = outer;
    }
    return nullptr;
}

void CallStack::abandonFrom(ScopeEntry &entry) noexcept {
    if (Detail::Caller *caller = unwind(&entry); caller != nullptr) {
        runSoon(caller->frame);
    } else {
        endedEarly();
    }
}

void CallStack::releaseEachGenerator() noexcept {
    while (Detail::GeneratorLink *link = _generators.popFront()) static_cast<Detail::GeneratorPromiseBase *>(link)->becomeOrphan();
}

} // namespace Ichor
