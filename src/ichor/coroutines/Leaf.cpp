#include <ichor/coroutines/Leaf.h>

#include <algorithm>
#include <utility>

namespace Ichor {

void Leaf::cancel() noexcept {
    if (_state == State::CANCELLED) return;
    unhook();
    _state = State::CANCELLED;
    postSelf();
}

bool Leaf::refuse() noexcept {
    if (_stack->_refusals < CallStack::REFUSALS_AT_ONCE) {
        ++_stack->_refusals;
        return false;
    }
    _stack->_leaf = this;
    Priority const priority = std::max(_stack->_priority, DEFAULT_PRIORITY); // not before who would end it
    if (_stack->_refusals < CallStack::REFUSALS_IN_A_ROW) {
        ++_stack->_refusals;
        _stack->_resumer->post(*this, priority);
    } else {
        _stack->_resumer->postLater(*this, priority);
    }
    return true;
}

CallStack *Leaf::goOn() noexcept {
    CallStack *stack = std::exchange(_stack, nullptr);
    stack->_leaf = nullptr;
    stack->_next = _frame.handle;
    return stack;
}

void Leaf::wake() noexcept {
    CallStack *stack = std::exchange(_stack, nullptr);
    stack->_leaf = nullptr;
    stack->run(_frame.handle); // destroys this, sooner or later
}

} // namespace Ichor
