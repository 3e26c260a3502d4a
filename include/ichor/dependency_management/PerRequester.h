#pragma once

namespace Ichor {

class IService;

/// Base of a provider that hands each requester its own instance of `I` instead of itself, so that what the requester makes through it
/// (timers, routes) belongs to the requester and dies with it.
///
/// Threads:  the manager's own
/// Lifetime: the instance is used from instanceFor() until releaseFor() for the same requester returns; each is called once per injection.
/// Errors:   instanceFor() may throw: the requester is then not given this provider, and the error is kept and shown.
template <typename I>
class PerRequester {
public:
    virtual I &instanceFor(IService &requester) = 0;
    virtual void releaseFor(IService &requester) noexcept = 0;

protected:
    ~PerRequester() = default;
};

} // namespace Ichor
