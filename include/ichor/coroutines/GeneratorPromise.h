#pragma once

#include <ichor/coroutines/PromiseBase.h>
#include <ichor/model/Cancelled.h>

#include <concepts>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace Ichor {

template <class T>
class AsyncGenerator;

namespace Detail {

class GeneratorOwner;

/// What the promises of generators have in common, whatever they yield.
class GeneratorPromiseBase : public PromiseBase, public GeneratorLink {
public:
    GeneratorPromiseBase() noexcept : PromiseBase(Kind::GENERATOR) {}

    [[nodiscard]] FinalAwaiter final_suspend() noexcept {
        _value = nullptr;
        return {*this};
    }
    void unhandled_exception() noexcept { _error = std::current_exception(); }
    void return_void() const noexcept {}

    /// It gave a value, and nobody has asked for the next.
    [[nodiscard]] bool isAtYield() const noexcept { return _value != nullptr; }

    /// Its frame goes, while it is suspended at a co_yield; its owner gets Cancelled when it asks for the next value.
    void destroyAsleep() noexcept;

    /// The call chain that consumed it has ended, and it lives on.
    void becomeOrphan() noexcept;

protected:
    ~GeneratorPromiseBase() = default;

    /// Hands a value to the consumer.
    class Yield {
    public:
        Yield(GeneratorPromiseBase &promise, void const *value) noexcept : _promise(promise), _value(value) {}

        [[nodiscard]] bool await_ready() const noexcept { return false; }
        bool await_suspend(std::coroutine_handle<>) const noexcept { return _promise.yield(_value); }
        void await_resume() const { _promise.resumeAfterYield(); }

    private:
        GeneratorPromiseBase &_promise;
        void const *_value;
    };

private:
    friend GeneratorOwner;
    friend PromiseBase;

    bool attach(CallStack &stack) noexcept;
    bool yield(void const *value) noexcept;
    void resumeAfterYield();

    GeneratorOwner *_owner = nullptr;
    void const *_value = nullptr; // nullptr: not begun, running, or at the end
    std::exception_ptr _error;
    bool _hasBegun = false;
};

template <class T>
class GeneratorPromise final : public GeneratorPromiseBase {
    using Value = std::remove_reference_t<T>;

public:
    GeneratorPromise() noexcept = default;
    template <class Self, class... Rest>
    explicit GeneratorPromise(Self &self, Rest &&...) noexcept {
        plan(scopeOf(self));
    }

    [[nodiscard]] AsyncGenerator<T> get_return_object() noexcept;

    /// What the generator keeps is shown where it lies; anything else is kept in the promise meanwhile.
    [[nodiscard]] Yield yield_value(Value &value) noexcept { return Yield(*this, std::addressof(value)); }

    template <class U>
    requires(!std::is_reference_v<T> && std::constructible_from<Value, U> && !std::is_same_v<U, Value &>) [[nodiscard]] Yield
        yield_value(U &&value) {
        _kept.emplace(std::forward<U>(value));
        return Yield(*this, std::addressof(*_kept));
    }

private:
    std::optional<std::remove_const_t<Value>> _kept;
};

/// The part of an AsyncGenerator that does not depend on what it yields: owns the coroutine's frame.
class GeneratorOwner {
public:
    GeneratorOwner() noexcept = default;
    GeneratorOwner(std::coroutine_handle<> handle, GeneratorPromiseBase &promise) noexcept : _handle(handle), _promise(&promise) {
        promise._owner = this;
    }
    GeneratorOwner(GeneratorOwner &&other) noexcept { takeFrom(other); }
    GeneratorOwner &operator=(GeneratorOwner &&other) noexcept {
        if (this == &other) return *this;
        drop();
        takeFrom(other);
        return *this;
    }
    ~GeneratorOwner() { drop(); }

    [[nodiscard]] bool hasFrame() const noexcept { return static_cast<bool>(_handle); }
    [[nodiscard]] Frame frame() const noexcept { return {_handle, _promise}; }
    [[nodiscard]] void const *valueAddress() const noexcept { return _promise == nullptr ? nullptr : _promise->_value; }

    /// It runs as part of that chain now. False, and it has no frame, when its scope has ended.
    [[nodiscard]] bool attach(CallStack &stack) noexcept;

    void setCaller(Caller &caller) noexcept { _promise->_caller = &caller; }
    [[nodiscard]] bool wasAbandoned() const noexcept { return _wasAbandoned; }
    [[nodiscard]] std::exception_ptr takeError() noexcept { return std::move(_promise->_error); }
    void drop() noexcept;

private:
    friend PromiseBase;

    void forget() noexcept {
        _handle = nullptr;
        _promise = nullptr;
        _wasAbandoned = true;
    }
    void takeFrom(GeneratorOwner &other) noexcept;

    std::coroutine_handle<> _handle;
    GeneratorPromiseBase *_promise = nullptr;
    bool _wasAbandoned = false; // its scope has ended, or a deadline passed: asking for the next value throws Cancelled
};

/// The await for a generator's next value.
template <class R>
class Advance : public Caller {
public:
    explicit Advance(GeneratorOwner &generator) noexcept : _generator(generator) {}
    Advance(Advance const &) = delete;
    Advance &operator=(Advance const &) = delete;

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept {
        static_assert(std::is_base_of_v<PromiseBase, Promise>,
                      "The values of an Ichor::AsyncGenerator can be awaited in an Ichor::Task or Ichor::AsyncGenerator only: a "
                      "coroutine of another library has no scope that could cancel it and no queue that would resume it.");
        if (_generator.hasFrame() && !_generator.attach(*coroutine.promise().stack())) return false;
        if (!_generator.hasFrame()) return false;
        frame = {coroutine, &coroutine.promise()};
        _generator.setCaller(*this);
        PromiseBase::goOnWith(*coroutine.promise().stack(), _generator.frame().handle);
        return true;
    }

    auto await_resume() {
        if (isCalleeGone || _generator.wasAbandoned()) throw Cancelled{};
        if (_generator.hasFrame() && _generator.valueAddress() == nullptr) {
            std::exception_ptr error = _generator.takeError();
            _generator.drop();
            if (error != nullptr) std::rethrow_exception(std::move(error));
        }
        return R::from(_generator);
    }

private:
    GeneratorOwner &_generator;
};

} // namespace Detail

} // namespace Ichor
