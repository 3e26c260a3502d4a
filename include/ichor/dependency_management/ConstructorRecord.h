#pragma once

#include <array>
#include <ichor/base/Contract.h>
#include <ichor/coroutines/PlainScopes.h>
#include <ichor/dependency_management/CheckedParameters.h>
#include <ichor/dependency_management/ProvidedInstance.h>
#include <ichor/dependency_management/ServiceRecord.h>
#include <new>

namespace Ichor::Detail {

/// The face of a service that is a plain class.
class PlainService final : public IService {};

/// A plain class whose constructor's parameters are its dependencies, with its record around it. The object exists from start to stop.
template <typename Impl, typename... Interfaces>
class ConstructorRecord final : public ServiceRecord {
    template <typename List>
    struct Parameters;

    template <typename... Ps>
    struct Parameters<TypeList<Ps...>> {
        static constexpr std::size_t SLOTS = (std::size_t{0} + ... + (COMES_FROM_MANAGER<ParameterType<Ps>> ? 0 : 1));

        static void describe(ConstructorRecord &record) noexcept {
            [[maybe_unused]] std::size_t at = 0;
            (record.template describeSlot<ParameterType<Ps>>(at), ...);
        }

        static Impl *construct(ConstructorRecord &record) {
            [[maybe_unused]] std::size_t at = 0;
            // Braces fix the order of evaluation, which is the order of the slots.
            std::array<void *, sizeof...(Ps) + 1> const found{record.template find<ParameterType<Ps>>(at)..., nullptr};
            return [&]<std::size_t... I>(std::index_sequence<I...>) {
                return ::new (static_cast<void *>(record._storage)) Impl(argument<Ps>(found[I])...);
            }
            (std::index_sequence_for<Ps...>{});
        }

        template <typename P>
        static decltype(auto) argument(void *object) noexcept {
            using T = ParameterType<P>;
            if constexpr (std::is_pointer_v<P>) {
                return static_cast<T *>(object);
            } else {
                return (*static_cast<T *>(object));
            }
        }
    };

    using Own = Parameters<ConstructorParameters<Impl>>;
    static_assert(ARE_PARAMETERS_CHECKED<Impl, ConstructorParameters<Impl>>);

public:
    ConstructorRecord(DependencyManager &owner, Priority runsAt, Properties with)
        : ServiceRecord(owner, typeName<Impl>(), runsAt, std::move(with)) {
        hasObject = false;
        ConstructionMark const mark{*this};
        ::new (static_cast<void *>(&_plainFace)) PlainService;
        Own::describe(*this);
        isPerRequester = IS_PER_REQUESTER<Impl, Interfaces...>;
        [[maybe_unused]] std::size_t at = 0;
        (_interfaces[at++].describe(INTERFACE_TYPE<Interfaces>, *this, nullptr), ...);
        setFace(_plainFace, _interfaces);
        _slots.refer(_requests);
    }

    ~ConstructorRecord() override {
        destroy();
        _plainFace.~PlainService();
    }

    Task<Expected<void, StartError>> start() override {
        _plainScope = {.object = _storage, .scope = &coroutines};
        PlainScopes<Impl>::add(_plainScope);
        try {
            _impl = Own::construct(*this);
        } catch (...) {
            coroutines.abandonAll(); // what it spawned must not run on: its object is gone
            PlainScopes<Impl>::remove(_plainScope);
            throw;
        }
        hasObject = true;
        [[maybe_unused]] std::size_t at = 0;
        ((_interfaces[at++].object = static_cast<Interfaces *>(_impl)), ...);
        return {};
    }

    Task<void> stop() override {
        destroy();
        return {};
    }

    void addSlot(InterfaceType const &, DependencyFlags, Properties, Injection const &, void *) override {
        contractViolation("a constructor-injected service cannot register dependencies: derive from AdvancedService");
    }

private:
    void *instanceFor([[maybe_unused]] ProvidedInterface &interface, [[maybe_unused]] IService &requester) override {
        if constexpr (IS_PER_REQUESTER<Impl, Interfaces...>) {
            return InstanceTable<Impl, Interfaces...>::GET[indexOf(interface)](*_impl, requester);
        } else {
            return nullptr;
        }
    }

    void releaseInstanceFor([[maybe_unused]] ProvidedInterface &interface, [[maybe_unused]] IService &requester) noexcept override {
        if constexpr (IS_PER_REQUESTER<Impl, Interfaces...>) {
            InstanceTable<Impl, Interfaces...>::RELEASE[indexOf(interface)](*_impl, requester);
        }
    }

    std::size_t indexOf(ProvidedInterface &interface) noexcept { return static_cast<std::size_t>(&interface - _interfaces.data()); }

    void destroy() noexcept {
        if (_impl == nullptr) {
            return;
        }
        for (ProvidedInterface &interface : _interfaces) {
            interface.object = nullptr;
        }
        hasObject = false;
        std::exchange(_impl, nullptr)->~Impl();
        PlainScopes<Impl>::remove(_plainScope);
    }

    template <typename T>
    void describeSlot([[maybe_unused]] std::size_t &at) noexcept {
        if constexpr (!COMES_FROM_MANAGER<T>) {
            DependencySlot &slot = _requests[at++];
            slot.type = &INTERFACE_TYPE<T>;
            slot.dependent = this;
            slot.flags = DependencyFlags::REQUIRED;
        }
    }

    template <typename T>
    void *find([[maybe_unused]] std::size_t &at) noexcept {
        if constexpr (std::is_same_v<T, DependencyManager>) {
            return &manager;
        } else if constexpr (std::is_same_v<T, IEventQueue>) {
            return &_plainFace.getEventQueue();
        } else if constexpr (std::is_same_v<T, IService>) {
            return static_cast<IService *>(&_plainFace);
        } else if constexpr (std::is_same_v<T, Properties>) {
            return &properties;
        } else {
            return _requests[at++].edges.front().object;
        }
    }

    [[no_unique_address]] std::array<DependencySlot, Own::SLOTS> _requests{};
    [[no_unique_address]] std::array<ProvidedInterface, sizeof...(Interfaces)> _interfaces{};
    Impl *_impl = nullptr;
    PlainScope _plainScope;
    union {
        PlainService _plainFace; // constructed under the mark, by hand
    };
    alignas(Impl) std::byte _storage[sizeof(Impl)];
};

} // namespace Ichor::Detail
