#pragma once

namespace Ichor {

class Scope;

/// An object whose member coroutines run inside its scope, also when someone else calls them. Every service is one.
///
/// Threads:   the owner's own
class IScopeOwner {
public:
    /// The scope that a member coroutine which is called now belongs to; nullptr: none.
    [[nodiscard]] virtual Scope *scope() noexcept = 0;

protected:
    ~IScopeOwner() = default;
};

} // namespace Ichor
