#pragma once

#include <ichor/model/Cancelled.h>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace Ichor {

/// How a top-level coroutine ended: with a value, with an exception, or cancelled.
template <class T>
struct Outcome {
    std::optional<std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T> *, T>> value{}; // of a reference: where it is
    std::exception_ptr error{};
    bool cancelled = false;
};

template <>
struct Outcome<void> {
    std::exception_ptr error{};
    bool cancelled = false;

    [[nodiscard]] bool hasSucceeded() const noexcept { return error == nullptr && !cancelled; }
};

namespace Detail {

/// Sorts an exception: Cancelled is an end of its own.
template <class T>
void setError(Outcome<T> &outcome, std::exception_ptr error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (Cancelled const &) {
        outcome.cancelled = true;
    } catch (...) {
        outcome.error = std::move(error);
    }
}

} // namespace Detail

} // namespace Ichor
