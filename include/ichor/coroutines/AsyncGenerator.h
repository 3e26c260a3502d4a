#pragma once

#include <ichor/coroutines/GeneratorPromise.h>

#include <cstddef>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

namespace Ichor {

namespace Detail {

/// What the await of a generator's next value gives.
struct Nothing {
    static void from(GeneratorOwner &) noexcept {}
};

template <class T>
struct AtBegin {
    static auto from(GeneratorOwner &owner) noexcept;
};

template <class T>
struct AsOptional {
    static auto from(GeneratorOwner &owner);
};

} // namespace Detail

/// A coroutine that gives many values, one at a time, to whoever asks for the next; it may await between them. A co_yield in a cancelled
/// call chain throws Cancelled.
///
///     for (auto it = co_await lines.begin(); it != lines.end(); co_await ++it) use(*it);
///     while (auto line = co_await lines.next()) use(*line);
///
/// Threads:   the one that awaits its values
/// Lifetime:  owns the coroutine; dropping it between two values ends it early. A value is valid until the next is asked for. Moving
///            the generator invalidates its iterators
/// Errors:    the coroutine's exceptions come out of the await for the value; after that it is at its end
template <class T>
class [[nodiscard]] AsyncGenerator : private Detail::GeneratorOwner {
    using Value = std::remove_reference_t<T>;
    static_assert(!std::is_void_v<T>, "AsyncGenerator<void> has no values to give: return a Task<void> and co_await yieldNow() in it.");

public:
    using promise_type = Detail::GeneratorPromise<T>;

    /// Where a consumer stands: at a value or at the end.
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = std::remove_cv_t<Value>;
        using difference_type = std::ptrdiff_t;
        using pointer = Value *;
        using reference = Value &;

        Iterator() noexcept = default;
        [[nodiscard]] Value &operator*() const noexcept { return *_generator->value(); }
        [[nodiscard]] Value *operator->() const noexcept { return _generator->value(); }
        /// `co_await ++it` goes to the next value.
        [[nodiscard]] auto operator++() noexcept { return Detail::Advance<Detail::Nothing>(*_generator); }
        friend bool operator==(Iterator const &it, std::default_sentinel_t) noexcept { return it.isAtEnd(); }

    private:
        friend Detail::AtBegin<T>;
        explicit Iterator(AsyncGenerator &generator) noexcept : _generator(&generator) {}
        [[nodiscard]] bool isAtEnd() const noexcept { return _generator->value() == nullptr; }

        AsyncGenerator *_generator = nullptr;
    };

    /// Has no values.
    AsyncGenerator() noexcept = default;
    AsyncGenerator(AsyncGenerator &&other) noexcept = default;
    AsyncGenerator &operator=(AsyncGenerator &&other) noexcept = default;
    ~AsyncGenerator() = default;

    /// `co_await` it: runs to the first value.
    [[nodiscard]] auto begin() noexcept { return Detail::Advance<Detail::AtBegin<T>>(*this); }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// `co_await` it: the next value, moved out; nothing at the end.
    [[nodiscard]] auto next() noexcept { return Detail::Advance<Detail::AsOptional<T>>(*this); }

private:
    friend promise_type;
    friend Detail::AtBegin<T>;
    friend Detail::AsOptional<T>;
    template <class>
    friend class GeneratorRoot;

    explicit AsyncGenerator(std::coroutine_handle<promise_type> coroutine) noexcept : GeneratorOwner(coroutine, coroutine.promise()) {}

    /// nullptr: at the end, or not begun.
    [[nodiscard]] Value *value() const noexcept { return static_cast<Value *>(const_cast<void *>(valueAddress())); }
};

template <class T>
auto Detail::AtBegin<T>::from(GeneratorOwner &owner) noexcept {
    return typename AsyncGenerator<T>::Iterator(static_cast<AsyncGenerator<T> &>(owner));
}

template <class T>
auto Detail::AsOptional<T>::from(GeneratorOwner &owner) {
    std::optional<std::remove_cvref_t<T>> result;
    if (auto *value = static_cast<AsyncGenerator<T> &>(owner).value(); value != nullptr) {
        if constexpr (std::is_reference_v<T>) {
            result.emplace(*value);
        } else {
            result.emplace(std::move(*value));
        }
    }
    return result;
}

template <class T>
AsyncGenerator<T> Detail::GeneratorPromise<T>::get_return_object() noexcept {
    return AsyncGenerator<T>(handleOf(*this));
}

} // namespace Ichor
