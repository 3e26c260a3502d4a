#pragma once

#include <ichor/base/Contract.h>

#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace Ichor {

namespace Detail {

// Like std::is_invocable_r without the pointers to members, which nobody calls back through; <functional> is half of a core header's cost.
template <class F, class R, class... Args>
concept CallableAs = requires(F &callable, Args &&...args) {
    callable(std::forward<Args>(args)...);
}
&&(std::is_void_v<R> || requires(F & callable, Args &&...args) {
    { callable(std::forward<Args>(args)...) } -> std::convertible_to<R>;
});

template <class F, class Self, class R, class... Args>
concept CallbackFor = !std::same_as<std::decay_t<F>, Self> && CallableAs<std::decay_t<F>, R, Args...>;

} // namespace Detail

/// Something callable of any type, owned and only moved; up to 48 bytes of captures are kept in place, without an allocation.
///
/// A moved-from or default-constructed one is empty and tests false; calling it breaks the contract.
template <class Signature>
class UniqueFunction;

template <class R, class... Args>
class UniqueFunction<R(Args...)> {
    static constexpr std::size_t BUFFER_SIZE = 48;

    template <class F>
    static constexpr bool isKeptInPlace = sizeof(F) <= BUFFER_SIZE &&
                                          alignof(F) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<F>;

    template <class F>
    static constexpr bool isBuiltWithoutThrowing = isKeptInPlace<std::decay_t<F>> &&std::is_nothrow_constructible_v<std::decay_t<F>, F>;

public:
    constexpr UniqueFunction() noexcept = default;
    constexpr UniqueFunction(std::nullptr_t) noexcept {}

    template <Detail::CallbackFor<UniqueFunction, R, Args...> F>
    UniqueFunction(F &&callable) noexcept(isBuiltWithoutThrowing<F>) {
        using Stored = std::decay_t<F>;
        // A function that is named, and not pointed to, cannot be null; asking would be a warning in the user's code.
        if constexpr (!std::is_function_v<std::remove_reference_t<F>> && requires { static_cast<bool>(callable == nullptr); }) {
            if (callable == nullptr) return; // an empty function pointer, or another empty wrapper
        }
        if constexpr (isKeptInPlace<Stored>) {
            ::new (static_cast<void *>(_buffer)) Stored(std::forward<F>(callable));
        } else {
            ::new (static_cast<void *>(_buffer)) Stored *(new Stored(std::forward<F>(callable)));
        }
        _invoke = &invoke<Stored>;
        _manage = &manage<Stored>;
    }

    UniqueFunction(UniqueFunction &&other) noexcept { takeFrom(other); }

    UniqueFunction &operator=(UniqueFunction &&other) noexcept {
        if (this == &other) return *this;
        // What the old callable owned may reach this very object while it is destroyed, so it goes last.
        UniqueFunction old(std::move(*this));
        takeFrom(other);
        return *this;
    }

    UniqueFunction(UniqueFunction const &) = delete;
    UniqueFunction &operator=(UniqueFunction const &) = delete;
    ~UniqueFunction() { reset(); }

    [[nodiscard]] explicit operator bool() const noexcept { return _invoke != nullptr; }
    friend bool operator==(UniqueFunction const &f, std::nullptr_t) noexcept { return !f; }

    R operator()(Args... args) {
        if (_invoke == nullptr) contractViolation("an empty UniqueFunction was called");
        return _invoke(_buffer, std::forward<Args>(args)...);
    }

    /// Destroys the callable; this one is empty then.
    void reset() noexcept {
        if (_invoke == nullptr) return;
        _invoke = nullptr;
        _manage(_buffer, nullptr);
    }

private:
    template <class F>
    static F &stored(std::byte *buffer) noexcept {
        if constexpr (isKeptInPlace<F>) {
            return *std::launder(reinterpret_cast<F *>(buffer));
        } else {
            return **std::launder(reinterpret_cast<F **>(buffer));
        }
    }

    template <class F>
    static R invoke(std::byte *buffer, Args &&...args) {
        if constexpr (std::is_void_v<R>) {
            stored<F>(buffer)(std::forward<Args>(args)...);
        } else {
            return stored<F>(buffer)(std::forward<Args>(args)...);
        }
    }

    // to: where the callable moves | nullptr = it is destroyed
    template <class F>
    static void manage(std::byte *from, std::byte *to) noexcept {
        if constexpr (isKeptInPlace<F>) {
            F &callable = stored<F>(from);
            if (to != nullptr) ::new (static_cast<void *>(to)) F(std::move(callable));
            callable.~F();
        } else if (to != nullptr) {
            ::new (static_cast<void *>(to)) F *(&stored<F>(from));
        } else {
            delete &stored<F>(from);
        }
    }

    void takeFrom(UniqueFunction &other) noexcept {
        _invoke = std::exchange(other._invoke, nullptr);
        _manage = other._manage;
        if (_invoke != nullptr) _manage(other._buffer, _buffer);
    }

    alignas(std::max_align_t) std::byte _buffer[BUFFER_SIZE];
    R (*_invoke)(std::byte *, Args &&...) = nullptr; // nullptr = empty
    void (*_manage)(std::byte *, std::byte *) noexcept = nullptr;
};

} // namespace Ichor
