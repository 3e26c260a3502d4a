#include <ichor/coroutines/ChildStack.h>

namespace Ichor::Detail {

void ParentLeaf::add(ChildBase &child) noexcept {
    child._next = _latest;
    _latest = &child;
}

void ParentLeaf::cancel() noexcept {
    _wasCancelled = true;
    cancelChildren();
}

bool ParentLeaf::isBusy() const noexcept {
    for (ChildBase *child = _latest; child != nullptr; child = child->_next) {
        if (!child->hasEnded() && child->chain().isRunning()) return true;
    }
    return false;
}

void ParentLeaf::cancelChildren() noexcept {
    for (ChildBase *child = _latest; child != nullptr; child = child->_next) {
        if (!child->hasEnded()) child->chain().requestCancel();
    }
}

bool ParentLeaf::sleepUntilEnded() noexcept {
    CallStack *firstToRun = nullptr;
    for (ChildBase *child = _latest; child != nullptr; child = child->_next) {
        if (child->hasEnded()) {
            onChildEnded(*child);
            continue;
        }
        ++_running;
        join(child->chain(), firstToRun);
        firstToRun = &child->chain();
    }
    if (firstToRun == nullptr) return false;
    runChildren(*firstToRun);
    return sleep();
}

bool ParentLeaf::noteEnd(ChildBase &child) noexcept {
    --_running;
    onChildEnded(child);
    if (_running != 0) return false;
    onAllEnded();
    return true;
}

CallStack *ParentLeaf::childEnded(ChildBase &child) noexcept { return noteEnd(child) ? goOn() : nullptr; }

void ParentLeaf::childDestroyed(ChildBase &child) noexcept {
    if (noteEnd(child)) postSelf();
}

} // namespace Ichor::Detail
