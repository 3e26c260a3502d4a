#pragma once

#include <concepts>
#include <ichor/dependency_management/DependencySlot.h>
#include <ichor/dependency_management/IService.h>
#include <ichor/dependency_management/InterfaceType.h>
#include <ichor/model/DependencyFlags.h>
#include <ichor/model/Properties.h>

namespace Ichor {

/// Where an AdvancedService says, in its constructor, which interfaces it depends on.
///
/// Threads:  the manager's own
/// Lifetime: only during the constructor
class DependencyRegister final {
public:
    explicit DependencyRegister(Detail::ServiceRecord &record) noexcept : _record(record) {}
    DependencyRegister(DependencyRegister const &) = delete;
    DependencyRegister &operator=(DependencyRegister const &) = delete;

    /// Asks for `I`. Each provider is given by `addDependencyInstance(I &, IService &)` and taken back by
    /// `removeDependencyInstance(I &, IService &)`, both of them members of `self` (private ones need `friend DependencyRegister;`).
    ///
    /// `properties` travel with the request to dependency trackers.
    template <typename I, typename T>
    void registerDependency(T *self, DependencyFlags flags, Properties properties = {}) {
        static_assert(
            requires(T & t, I & i, IService & s) { t.addDependencyInstance(i, s); },
            "Ichor: a service that registers a dependency on I needs a member void addDependencyInstance(I &, IService &); if it is "
            "private, add: friend DependencyRegister;");
        static_assert(
            requires(T & t, I & i, IService & s) { t.removeDependencyInstance(i, s); },
            "Ichor: a service that registers a dependency on I needs a member void removeDependencyInstance(I &, IService &); if it "
            "is private, add: friend DependencyRegister;");
        add(INTERFACE_TYPE<I>, flags, std::move(properties), INJECTION<I, T>, self);
    }

private:
    template <typename I, typename T>
    static void addInstance(void *self, void *object, IService &provider) {
        static_cast<T *>(self)->addDependencyInstance(*static_cast<I *>(object), provider);
    }

    template <typename I, typename T>
    static void removeInstance(void *self, void *object, IService &provider) {
        static_cast<T *>(self)->removeDependencyInstance(*static_cast<I *>(object), provider);
    }

    template <typename I, typename T>
    static constexpr Detail::Injection INJECTION{&addInstance<I, T>, &removeInstance<I, T>};

    void add(InterfaceType const &type, DependencyFlags flags, Properties properties, Detail::Injection const &injection, void *self);

    Detail::ServiceRecord &_record;
};

} // namespace Ichor
