#pragma once

#include <array>
#include <ichor/dependency_management/AdvancedService.h>
#include <ichor/dependency_management/DependencyRegister.h>
#include <ichor/dependency_management/ProvidedInstance.h>
#include <ichor/dependency_management/ServiceRecord.h>
#include <new>

namespace Ichor::Detail {

/// A service that derives from AdvancedService, with its record around it.
template <typename Impl, typename... Interfaces>
class AdvancedRecord final : public ServiceRecord {
public:
    AdvancedRecord(DependencyManager &owner, Priority runsAt, Properties with)
        : ServiceRecord(owner, typeName<Impl>(), runsAt, Properties{}) {
        ConstructionMark const mark{*this};
        DependencyRegister dependencies{*this};
        Impl *impl = ::new (static_cast<void *>(_storage)) Impl(dependencies, std::move(with));
        isPerRequester = IS_PER_REQUESTER<Impl, Interfaces...>;
        [[maybe_unused]] std::size_t at = 0;
        (_interfaces[at++].describe(INTERFACE_TYPE<Interfaces>, *this, static_cast<Interfaces *>(impl)), ...);
        setFace(*impl, _interfaces);
    }

    ~AdvancedRecord() override { impl().~Impl(); }

    Task<Expected<void, StartError>> start() override { return static_cast<AdvancedServiceBase &>(impl()).start(); }
    Task<void> stop() override { return static_cast<AdvancedServiceBase &>(impl()).stop(); }

    void addSlot(InterfaceType const &type, DependencyFlags flags, Properties with, Injection const &injection, void *self) override {
        _slots.add(*this, type, flags, std::move(with), injection, self);
    }

private:
    void *instanceFor([[maybe_unused]] ProvidedInterface &interface, [[maybe_unused]] IService &requester) override {
        if constexpr (IS_PER_REQUESTER<Impl, Interfaces...>) {
            return InstanceTable<Impl, Interfaces...>::GET[indexOf(interface)](impl(), requester);
        } else {
            return nullptr;
        }
    }

    void releaseInstanceFor([[maybe_unused]] ProvidedInterface &interface, [[maybe_unused]] IService &requester) noexcept override {
        if constexpr (IS_PER_REQUESTER<Impl, Interfaces...>) {
            InstanceTable<Impl, Interfaces...>::RELEASE[indexOf(interface)](impl(), requester);
        }
    }

    Impl &impl() noexcept { return *std::launder(reinterpret_cast<Impl *>(_storage)); }
    std::size_t indexOf(ProvidedInterface &interface) noexcept { return static_cast<std::size_t>(&interface - _interfaces.data()); }

    [[no_unique_address]] std::array<ProvidedInterface, sizeof...(Interfaces)> _interfaces{};
    alignas(Impl) std::byte _storage[sizeof(Impl)];
};

} // namespace Ichor::Detail
