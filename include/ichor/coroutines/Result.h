#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace Ichor::Detail {

/// What a coroutine ends with: a value or an exception.
template <class T>
class Result {
    using Stored = std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T> *, std::remove_const_t<T>>;

public:
    Result() noexcept {}
    Result(Result const &) = delete;
    Result &operator=(Result const &) = delete;
    ~Result() {
        if (_state == State::VALUE) std::destroy_at(&_value);
        if (_state == State::ERROR) std::destroy_at(&_error);
    }

    template <class U>
    void setValue(U &&value) {
        if constexpr (std::is_reference_v<T>) {
            std::construct_at(&_value, std::addressof(value));
        } else {
            std::construct_at(&_value, std::forward<U>(value));
        }
        _state = State::VALUE;
    }

    void setError(std::exception_ptr error) noexcept {
        if (_state == State::VALUE) std::destroy_at(&_value); // a destructor on the way out threw after co_return
        std::construct_at(&_error, std::move(error));
        _state = State::ERROR;
    }

    [[nodiscard]] bool isError() const noexcept { return _state == State::ERROR; }
    [[nodiscard]] std::exception_ptr takeError() noexcept { return std::move(_error); }

    /// Throws the exception when it is one.
    [[nodiscard]] T take() {
        if (_state == State::ERROR) std::rethrow_exception(std::move(_error));
        if constexpr (std::is_reference_v<T>) {
            return static_cast<T>(*_value);
        } else {
            return std::move(_value);
        }
    }

private:
    enum class State : std::uint8_t { EMPTY, VALUE, ERROR };

    union {
        Stored _value;             // only in State::VALUE
        std::exception_ptr _error; // only in State::ERROR
    };
    State _state = State::EMPTY;
};

template <>
class Result<void> {
public:
    void setError(std::exception_ptr error) noexcept { _error = std::move(error); }
    [[nodiscard]] bool isError() const noexcept { return _error != nullptr; }
    [[nodiscard]] std::exception_ptr takeError() noexcept { return std::move(_error); }
    void take() {
        if (_error != nullptr) std::rethrow_exception(std::move(_error));
    }

private:
    std::exception_ptr _error;
};

} // namespace Ichor::Detail
