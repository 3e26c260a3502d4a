#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace Ichor {

/// A list of types, as a type.
template <typename... Ts>
struct TypeList {
    static constexpr std::size_t SIZE = sizeof...(Ts);
};

/// For a class that prefers to say what its constructor takes instead of having it found:
/// `using Dependencies = ConstructorDependencies<ILogger &, IStore &>;`
template <typename... Ts>
using ConstructorDependencies = TypeList<Ts...>;

namespace Detail {

// How it works: a probe converts to a reference or pointer to any class. Where overload resolution picks a conversion for the N-th
// constructor parameter, it instantiates `Recorded<T, N, U &>`, whose friend function defines the return type of `parameterAt` for that
// place; asking for that return type afterwards reads the parameter's type. ("Friend injection", allowed by CWG 2118's open status.)

template <typename T>
struct TypeBox {
    using Type = T;
};

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-template-friend"
#endif
template <typename T, std::size_t N>
struct Place {
    friend auto parameterAt(Place<T, N>);
};
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

template <typename T, std::size_t N, typename Parameter>
struct Recorded {
    friend auto parameterAt(Place<T, N>) { return TypeBox<Parameter>{}; }
    static constexpr std::size_t DONE = 1;
};

// The filter stands before the default argument that records, so that a copy constructor leaves no trace.
template <typename T, std::size_t N>
struct Probe {
    template <typename U, typename = std::enable_if_t<std::is_class_v<U> && !std::is_same_v<std::remove_cv_t<U>, T>>>
    operator U &() const;
    template <typename U, typename = std::enable_if_t<std::is_class_v<U>>>
    operator U *() const;
};

template <typename T, std::size_t N>
struct RecordingProbe {
    template <typename U, typename = std::enable_if_t<std::is_class_v<U> && !std::is_same_v<std::remove_cv_t<U>, T>>,
              std::size_t = Recorded<T, N, U &>::DONE>
    operator U &() const;
    template <typename U, typename = std::enable_if_t<std::is_class_v<U>>, std::size_t = Recorded<T, N, U *>::DONE>
    operator U *() const;
};

template <typename T, typename Sequence>
struct Constructible;

template <typename T, std::size_t... I>
struct Constructible<T, std::index_sequence<I...>> {
    static constexpr bool FROM_PROBES = requires { T(Probe<T, I>{}...); };
    static constexpr bool RECORD = requires { T(RecordingProbe<T, I>{}...); };
};

template <typename T, typename Sequence>
struct ReadParameters;

template <typename T, std::size_t... I>
struct ReadParameters<T, std::index_sequence<I...>> {
    using Type = TypeList<typename decltype(parameterAt(Place<T, I>{}))::Type...>;
};

inline constexpr std::size_t MAX_CONSTRUCTOR_PARAMETERS = 20;
inline constexpr std::size_t NO_ARITY = static_cast<std::size_t>(-1);

template <typename T, std::size_t N = 0>
consteval std::size_t constructorArity() {
    if constexpr (N > MAX_CONSTRUCTOR_PARAMETERS) {
        return NO_ARITY;
    } else if constexpr (Constructible<T, std::make_index_sequence<N>>::FROM_PROBES) {
        return N;
    } else {
        return constructorArity<T, N + 1>();
    }
}

template <typename T, std::size_t N = constructorArity<T>(), bool = Constructible<T, std::make_index_sequence<N>>::RECORD>
struct FoundParameters {
    using Type = typename ReadParameters<T, std::make_index_sequence<N>>::Type;
};

template <typename T>
concept SaysItsDependencies = requires {
    typename T::Dependencies;
};

template <typename T>
consteval auto constructorParameters() {
    if constexpr (SaysItsDependencies<T>) {
        return TypeBox<typename T::Dependencies>{};
    } else {
        static_assert(
            constructorArity<T>() != NO_ARITY,
            "Ichor: this service needs a public constructor whose parameters are references or pointers to interfaces "
            "(ILogger &, IFoo &), or DependencyManager &, IEventQueue &, IService &, Properties const &; it must not be abstract, "
            "and numbers or strings come by Properties. "
            "A class can also say its list: using Dependencies = ConstructorDependencies<ILogger &>;");
        if constexpr (constructorArity<T>() != NO_ARITY) {
            return TypeBox<typename FoundParameters<T>::Type>{};
        } else {
            return TypeBox<TypeList<>>{}; // so that little else is said
        }
    }
}

} // namespace Detail

/// What the constructor of `T` takes, as a TypeList of references and pointers.
///
/// Source: the fewest parameters with which T can be constructed; a class may state its own list as `T::Dependencies`.
template <typename T>
using ConstructorParameters = typename decltype(Detail::constructorParameters<T>())::Type;

} // namespace Ichor
