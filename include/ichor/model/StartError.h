#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace Ichor {

/// Why a service did not start: what a service's start() gives instead of nothing.
///
/// Example:   co_return unexpected(StartError{"cannot open orders.db"});
class StartError final {
public:
    enum class Kind : std::uint8_t {
        FAILED,    // the service says no
        CANCELLED, // it was stopped, or took too long, before it had started
    };
    static constexpr Kind FAILED = Kind::FAILED;
    static constexpr Kind Failed = Kind::FAILED;
    static constexpr Kind CANCELLED = Kind::CANCELLED;

    StartError() noexcept = default;
    StartError(Kind kind) noexcept : _kind(kind) {}
    StartError(Kind kind, std::string message) noexcept : _message(std::move(message)), _kind(kind) {}
    StartError(std::string message) noexcept : _message(std::move(message)) {}
    StartError(char const *message) : _message(message) {}

    /// Any error that can say what it is about: StartError{config.error()}.
    template <class E>
    requires(!std::same_as<E, StartError> &&
             requires(E const &error) {
                 { error.message() } -> std::convertible_to<std::string>;
             }) StartError(E const &error)
        : _message(error.message()) {}

    [[nodiscard]] Kind kind() const noexcept { return _kind; }

    /// What the service said, or a few words for the kind when it said nothing.
    [[nodiscard]] std::string_view message() const noexcept;

    /// Two errors are the same when they are of the same kind, whatever they say.
    friend bool operator==(StartError const &a, StartError const &b) noexcept { return a._kind == b._kind; }
    friend bool operator==(StartError const &error, Kind kind) noexcept { return error._kind == kind; }

private:
    std::string _message;
    Kind _kind{Kind::FAILED};
};

} // namespace Ichor
