#pragma once

#include <ichor/base/TypeName.h>
#include <ichor/dependency_management/ConstructorParameters.h>
#include <ichor/model/Properties.h>

namespace Ichor {

class DependencyManager;
class DependencyRegister;
class IEventQueue;
class IService;

namespace Detail {

template <typename Parameter>
using ParameterType = std::remove_cv_t<std::remove_pointer_t<std::remove_reference_t<Parameter>>>;

/// What a constructor gets from the manager itself, without a provider.
template <typename T>
inline constexpr bool COMES_FROM_MANAGER =
    std::is_same_v<T, DependencyManager> || std::is_same_v<T, IEventQueue> || std::is_same_v<T, IService> || std::is_same_v<T, Properties>;

/// An interface may be declared only, where it is injected: then it is taken on trust.
template <typename T>
inline constexpr bool IS_COMPLETE = requires {
    sizeof(T);
};

template <typename T>
consteval bool isEventQueue() {
    if constexpr (IS_COMPLETE<T>) {
        return std::is_base_of_v<IEventQueue, T>;
    } else {
        return false;
    }
}

/// A string, a smart pointer, a container …: nobody derives a service from it.
template <typename T>
consteval bool isStandardValue() {
    if constexpr (typeName<T>().starts_with("std::") && IS_COMPLETE<T>) {
        return !std::is_polymorphic_v<T>;
    } else {
        return false;
    }
}

template <typename T>
struct ValueProbe {
    operator T() const;
};

template <typename Impl, typename T, std::size_t At, std::size_t... I>
consteval bool acceptsValueAt(std::index_sequence<I...>) {
    return requires { Impl(std::conditional_t<I == At, ValueProbe<T>, Probe<Impl, I>>{}...); };
}

/// Whether the parameter found at place `At` is `T` by value, for which a `T &` has been found just as well: but that takes no temporary.
template <typename Impl, typename P, std::size_t At, std::size_t Count>
consteval bool isTakenByValue() {
    using T = std::remove_reference_t<P>;
    if constexpr (SaysItsDependencies<Impl> || !std::is_class_v<T> || std::is_const_v<T> || !IS_COMPLETE<T>) {
        return false;
    } else if constexpr (std::is_abstract_v<T>) {
        return false;
    } else {
        return acceptsValueAt<Impl, T, At>(std::make_index_sequence<Count>{});
    }
}

/// Answers a parameter for which no service could ever be the provider, so that the service would wait for ever.
template <typename Impl, typename P, std::size_t At, std::size_t Count>
consteval bool checkParameter() {
    using T = ParameterType<P>;
    if constexpr (!COMES_FROM_MANAGER<T>) {
        static_assert(std::is_class_v<T>, "Ichor: the list of Dependencies is of references and pointers to interfaces; numbers and "
                                          "strings come by Properties const &");
        static_assert(!std::is_same_v<T, DependencyRegister>,
                      "Ichor: a service whose constructor takes a DependencyRegister & derives from AdvancedService<itself>");
        static_assert(!isEventQueue<T>(), "Ichor: a constructor takes the queue as IEventQueue &, of whatever kind it is");
        static_assert(!isStandardValue<T>(),
                      "Ichor: a constructor's parameter of a type of the standard library is no interface: write IFoo & instead of "
                      "std::shared_ptr<IFoo> or std::unique_ptr<IFoo>; strings and numbers come by Properties const &");
        static_assert(isStandardValue<T>() || !isTakenByValue<Impl, P, At, Count>(),
                      "Ichor: a constructor takes what it depends on as IFoo & or IFoo *, not by value; settings come by Properties "
                      "const &");
    }
    return true;
}

template <typename Impl, typename List, typename Sequence = std::make_index_sequence<List::SIZE>>
inline constexpr bool ARE_PARAMETERS_CHECKED = false;

template <typename Impl, typename... Ps, std::size_t... I>
inline constexpr bool
    ARE_PARAMETERS_CHECKED<Impl, TypeList<Ps...>, std::index_sequence<I...>> = (checkParameter<Impl, Ps, I, sizeof...(Ps)>() && ...);

} // namespace Detail

} // namespace Ichor
