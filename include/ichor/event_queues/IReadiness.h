#pragma once

#include <ichor/base/Expected.h>

#include <cstdint>
#include <system_error>

namespace Ichor {

class IReadiness;

/// What a descriptor is ready for; several at once.
enum class Readiness : std::uint8_t { NONE = 0, READABLE = 1, WRITABLE = 2, PEER_CLOSED = 4, FAILED = 8 };

[[nodiscard]] constexpr Readiness operator|(Readiness a, Readiness b) noexcept {
    return static_cast<Readiness>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
[[nodiscard]] constexpr Readiness operator&(Readiness a, Readiness b) noexcept {
    return static_cast<Readiness>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
constexpr Readiness &operator|=(Readiness &a, Readiness b) noexcept { return a = a | b; }

/// True when `set` contains one of `flags`.
[[nodiscard]] constexpr bool has(Readiness set, Readiness flags) noexcept { return (set & flags) != Readiness::NONE; }

/// Is told when a descriptor becomes ready. Derive from it.
///
/// Threads:   the queue's own
/// Lifetime:  unwatch it before it is destroyed and before its descriptor is closed
class DescriptorWatch {
public:
    DescriptorWatch() noexcept = default;
    DescriptorWatch(DescriptorWatch const &) = delete;
    DescriptorWatch &operator=(DescriptorWatch const &) = delete;

    /// Edge-triggered: told once that the descriptor became ready, so read or write until EAGAIN or less than asked for. May unwatch
    /// and destroy this and any other watch.
    virtual void onReady(Readiness readiness) noexcept = 0;

    [[nodiscard]] bool isWatched() const noexcept { return _link.owner != nullptr; }
    [[nodiscard]] int descriptor() const noexcept { return _link.fd; }

    /// How a watch and its poller find each other. For implementations of IReadiness.
    struct Link {
        IReadiness *owner = nullptr; // nullptr = not watched
        int fd = -1;
        std::uint32_t slot = 0;
    };
    [[nodiscard]] Link &link() noexcept { return _link; }

protected:
    ~DescriptorWatch();

private:
    Link _link;
};

/// A queue's ability to tell when descriptors are ready.
///
/// Threads:   the queue's own
class IReadiness {
public:
    /// Calls watch.onReady() whenever `fd` becomes ready to be read or written, the first time also when it already is.
    ///
    /// Lifetime:  until unwatch(), or the queue has gone
    /// Errors:    the operating system's; then nothing is watched
    [[nodiscard]] virtual Expected<void, std::error_code> watch(int fd, DescriptorWatch &watch) = 0;

    /// onReady() is not called again. Nothing happens when it is not watched.
    virtual void unwatch(DescriptorWatch &watch) noexcept = 0;

protected:
    ~IReadiness() = default;
};

} // namespace Ichor
