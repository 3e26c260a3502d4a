#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace Ichor {

namespace Detail {

template <class T>
consteval auto signatureOf() noexcept {
    return __PRETTY_FUNCTION__;
}

// How a compiler decorates the name is learnt from a type whose name is known.
struct SignatureShape {
    std::size_t prefix;
    std::size_t suffix;
};

consteval SignatureShape signatureShape() noexcept {
    constexpr std::string_view probe = signatureOf<double>();
    constexpr std::string_view name = "double";
    constexpr std::size_t prefix = probe.rfind(name);
    static_assert(prefix != std::string_view::npos, "this compiler does not spell the name of a type in __PRETTY_FUNCTION__");
    return {prefix, probe.size() - prefix - name.size()};
}

inline constexpr std::uint64_t FNV_BASIS = 0xcbf29ce484222325ULL;

/// Of this text behind the one whose hash is given.
consteval std::uint64_t fnv1a64(std::string_view text, std::uint64_t hash = FNV_BASIS) noexcept {
    for (char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3ULL;
    }
    return hash;
}

} // namespace Detail

/// The full name of a type as the compiler spells it, template arguments and namespaces included. T may be incomplete.
///
/// Lifetime:  static
/// Stable:    between translation units and programs of one compiler, not between compilers
template <class T>
[[nodiscard]] consteval std::string_view typeName() noexcept {
    constexpr std::string_view signature = Detail::signatureOf<T>();
    constexpr Detail::SignatureShape shape = Detail::signatureShape();
    return signature.substr(shape.prefix, signature.size() - shape.prefix - shape.suffix);
}

namespace Detail {

/// True when each source file may have a type of its own by this name: it, or a template argument of it, is in an anonymous namespace.
template <class T>
consteval bool isOfOneFile() noexcept {
    constexpr std::string_view name = typeName<T>();
    return name.find("{anonymous}") != std::string_view::npos || name.find("(anonymous namespace)") != std::string_view::npos;
}

} // namespace Detail

/// The identity of a type as a number (FNV-1a, 64 bits, of its name; of a type in an anonymous namespace also of the source file that is
/// compiled, since another file may have one of the same name). T may be incomplete.
template <class T>
[[nodiscard]] consteval std::uint64_t typeNameHash() noexcept {
    std::uint64_t const hash = Detail::fnv1a64(typeName<T>());
    if constexpr (Detail::isOfOneFile<T>()) {
        return Detail::fnv1a64(__BASE_FILE__, hash);
    } else {
        return hash;
    }
}

/// True when no other type can have the same name: lambdas, types in anonymous namespaces and in functions can share theirs.
template <class T>
[[nodiscard]] consteval bool hasUniqueTypeName() noexcept {
    constexpr std::string_view name = typeName<T>();
    for (std::string_view mark : {"lambda", "anonymous", "unnamed", ")::"}) {
        if (name.find(mark) != std::string_view::npos) return false;
    }
    return true;
}

} // namespace Ichor
