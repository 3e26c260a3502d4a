#pragma once

#include <ichor/base/Time.h>

#include <cstddef>
#include <optional>
#include <stdexcept>

namespace Ichor {

/// How a queue is to behave; each has a sane default.
struct QueueOptions {
    /// How many events of the user's may wait at once. What the framework pushes for itself does not count. Unset: as many as memory holds.
    std::optional<std::size_t> capacity{};

    /// How long an idle queue looks for work before it lets the thread sleep: shorter latency for a busy processor.
    Duration spin{0};
};

/// A push to a bounded queue that has no room.
class QueueFull : public std::runtime_error {
public:
    explicit QueueFull(std::size_t capacity);
};

/// A push to a queue whose loop has ended.
class QueueClosed : public std::runtime_error {
public:
    QueueClosed();
};

/// Whether a queue takes SIGINT and SIGTERM as a wish to quit, while it runs. All queues that do are told of a signal: those that run when
/// it comes, and those that start while one of them still runs, or while a QuitSignalScope lives.
enum class SignalCapture : bool { NONE, QUIT_SIGNALS };

inline constexpr SignalCapture CaptureSigInt = SignalCapture::QUIT_SIGNALS;
inline constexpr SignalCapture DoNotCaptureSigInt = SignalCapture::NONE;

} // namespace Ichor
