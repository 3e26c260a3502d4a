#include <ichor/coroutines/Leaf.h>

#include <utility>

namespace Ichor {

void Leaf::cancel() noexcept {
    if (_state == State::CANCELLED) return;
    unhook();
    _state = State::CANCELLED;
    postSelf();
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
