#pragma once

namespace Ichor {

/// An await ended because the service that it ran for is to stop, or its time was over. Thrown as itself it is no std::exception, so
/// that a `catch (std::exception const &)` on the way does not swallow it; it ends quietly where the coroutine began.
struct Cancelled {
    friend constexpr bool operator==(Cancelled, Cancelled) noexcept { return true; }
};

} // namespace Ichor
