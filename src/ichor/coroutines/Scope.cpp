#include <ichor/coroutines/Scope.h>

#include <ichor/base/Contract.h>
#include <ichor/coroutines/CallStack.h>
#include <ichor/coroutines/GeneratorPromise.h>

#include <utility>

namespace Ichor {

void ScopeEntry::planInside(Scope &scope) noexcept {
    // A root is launched by whoever governs the scope, and so is always let in.
    if (scope.isCancelled() && scope.isEmpty() && _kind != Kind::ROOT) {
        _isClosed = true;
        return;
    }
    _scope = &scope;
    scope._entries.pushBack(*this);
}

bool ScopeEntry::enterScope() noexcept {
    _isInside = true;
    ++_scope->_inside;
    if (_scope->isCancelled()) countCancellation();
    return true;
}

void ScopeEntry::leaveScope() noexcept {
    Scope &scope = *std::exchange(_scope, nullptr);
    _hook.unlink();
    withdrawCancellation();
    if (std::exchange(_isInside, false)) scope.oneLeft();
}

void ScopeEntry::takeOver(ScopeEntry &other) noexcept {
    if (other._scope == nullptr) return;
    other.withdrawCancellation();
    other._hook.unlink();
    _scope = std::exchange(other._scope, nullptr);
    _isInside = std::exchange(other._isInside, false);
    _scope->_entries.pushBack(*this);
}

void ScopeEntry::moveTo(CallStack *stack) noexcept {
    withdrawCancellation();
    _stack = stack;
    if (_scope != nullptr && _scope->isCancelled()) countCancellation();
}

void ScopeEntry::countCancellation() noexcept {
    if (_isCounted || _stack == nullptr) return;
    _isCounted = true;
    _stack->requestCancel();
}

void ScopeEntry::withdrawCancellation() noexcept {
    if (std::exchange(_isCounted, false)) _stack->withdrawCancel();
}

Scope::~Scope() {
    if (!isEmpty()) contractViolation("a Scope was destroyed while coroutines run inside: cancel it and wait until it is empty");
    _isCancelled = true;
    closeIfWoundDown();
}

void Scope::cancelEntries() noexcept {
    // Ending an operation may end coroutines elsewhere, whose entries then leave the list: so each is put back before it is told.
    Entries toTell;
    toTell.spliceBack(_entries);
    while (ScopeEntry *entry = toTell.popFront()) {
        _entries.pushBack(*entry);
        if (!entry->_isInside) continue;
        if (entry->_stack != nullptr) {
            entry->countCancellation();
        } else if (entry->_kind == ScopeEntry::Kind::GENERATOR) {
            static_cast<Detail::GeneratorPromiseBase *>(entry)->destroyAsleep(); // nobody would ask it for another value
        }
    }
    closeIfWoundDown();
}

void Scope::abandonAll() noexcept {
    Entries toEnd;
    toEnd.spliceBack(_entries);
    while (ScopeEntry *entry = toEnd.popFront()) {
        _entries.pushBack(*entry);
        if (!entry->_isInside) continue;
        CallStack *stack = entry->_stack;
        if (entry->_kind == ScopeEntry::Kind::GENERATOR && static_cast<Detail::GeneratorPromiseBase *>(entry)->isAtYield()) {
            static_cast<Detail::GeneratorPromiseBase *>(entry)->destroyAsleep();
        } else if (stack != nullptr && !stack->isRunning()) {
            stack->abandonFrom(*entry);
        }
    }
}

void Scope::oneLeft() noexcept {
    if (--_inside != 0) return;
    closeIfWoundDown();
    if (_observer != nullptr) _observer->onScopeEmpty(*this);
}

void Scope::closeIfWoundDown() noexcept {
    if (!_isCancelled || !isEmpty()) return;
    while (ScopeEntry *entry = _entries.popFront()) {
        entry->_scope = nullptr;
        entry->_isClosed = true;
    }
}

} // namespace Ichor
