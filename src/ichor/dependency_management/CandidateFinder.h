#pragma once

#include "InterfaceIndex.h"
#include <cstddef>
#include <ichor/base/Containers.h>
#include <ichor/dependency_management/ServiceRecord.h>
#include <span>
#include <vector>

namespace Ichor::Detail {

/// Whom a slot could be given, once started: those made for its service alone, then those that anybody may have.
struct Candidates {
    std::vector<ServiceRecord *> own;
    std::span<ServiceRecord *const> anybodys;

    [[nodiscard]] std::size_t size() const noexcept { return own.size() + anybodys.size(); }
    [[nodiscard]] ServiceRecord &operator[](std::size_t i) const noexcept { return i < own.size() ? *own[i] : *anybodys[i - own.size()]; }
};

/// Finds the candidates of slots. An interface's providers are gone through once, however many services ask: most of them may be others'
/// own ones, as loggers are.
///
/// Threads:  the manager's own
/// Lifetime: for as long as no service goes; those that come later are not found
class CandidateFinder final {
public:
    /// Lifetime: the result's, as long as the finder's
    /// Errors:   std::bad_alloc
    [[nodiscard]] Candidates find(DependencySlot &slot);

private:
    std::span<ServiceRecord *const> anybodysOf(InterfaceEntry &entry);

    UnorderedMap<InterfaceEntry const *, std::vector<ServiceRecord *>> _anybodys;
};

} // namespace Ichor::Detail
