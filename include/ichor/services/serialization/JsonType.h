#pragma once

#include <ichor/services/serialization/JsonFields.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

// What the readers of JSON, which know no user's type, are told of one: tables of constants, made from JsonFields.
namespace Ichor::Detail {

enum class JsonKind : std::uint8_t { BOOLEAN, INTEGER, REAL, TEXT, OBJECT, ARRAY, OPTIONAL };

struct JsonInteger {
    bool isNegative; // bits then hold the two's complement
    std::uint64_t bits;
};

struct JsonType;

struct JsonMember {
    std::string_view name;
    JsonType const *type;
    void *(*locate)(void *object) noexcept;
    std::uint64_t bit; // of its own
};

// Exactly the part that belongs to the kind is set.
struct JsonType {
    JsonKind kind;

    // INTEGER
    std::int64_t least = 0;
    std::uint64_t most = 0;
    std::size_t bytes = 0;

    // REAL
    bool (*storeReal)(void *to, double value) noexcept = nullptr; // false: out of range
    bool isFloat = false;

    // OBJECT
    std::span<JsonMember const> members{};
    std::uint64_t required = 0; // the bits of the members that must be there

    // ARRAY and OPTIONAL
    JsonType const *element = nullptr;
    void (*clear)(void *container) noexcept = nullptr;
    void *(*append)(void *container) = nullptr; // a new last element, or the value of the optional
};

template <class T>
struct JsonTypeMaker;

template <class T>
inline constexpr JsonType jsonType = JsonTypeMaker<T>::make();

template <>
struct JsonTypeMaker<bool> {
    static constexpr JsonType make() noexcept { return {.kind = JsonKind::BOOLEAN}; }
};

template <>
struct JsonTypeMaker<std::string> {
    static constexpr JsonType make() noexcept { return {.kind = JsonKind::TEXT}; }
};

template <std::integral T>
struct JsonTypeMaker<T> {
    static constexpr JsonType make() noexcept {
        return {.kind = JsonKind::INTEGER,
                .least = static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                .most = static_cast<std::uint64_t>(std::numeric_limits<T>::max()),
                .bytes = sizeof(T)};
    }
};

template <std::floating_point T>
struct JsonTypeMaker<T> {
    static constexpr JsonType make() noexcept {
        return {.kind = JsonKind::REAL,
                .storeReal =
                    [](void *to, double value) noexcept {
                        if (value > static_cast<double>(std::numeric_limits<T>::max()) ||
                            value < static_cast<double>(std::numeric_limits<T>::lowest())) {
                            return false;
                        }
                        *static_cast<T *>(to) = static_cast<T>(value);
                        return true;
                    },
                .isFloat = std::same_as<T, float>};
    }
};

template <class T>
struct JsonTypeMaker<std::vector<T>> {
    static_assert(!std::same_as<T, bool>,
                  "Ichor: JsonFields knows no std::vector<bool>, whose elements are no objects: use another element");

    using Vector = std::vector<T>;
    static constexpr JsonType make() noexcept {
        return {.kind = JsonKind::ARRAY,
                .element = &jsonType<T>,
                .clear = [](void *container) noexcept { static_cast<Vector *>(container)->clear(); },
                .append = [](void *container) -> void * { return &static_cast<Vector *>(container)->emplace_back(); }};
    }
};

template <class T>
struct JsonTypeMaker<std::optional<T>> {
    using Optional = std::optional<T>;
    static constexpr JsonType make() noexcept {
        return {.kind = JsonKind::OPTIONAL,
                .element = &jsonType<T>,
                .clear = [](void *container) noexcept { static_cast<Optional *>(container)->reset(); },
                .append = [](void *container) -> void * { return &static_cast<Optional *>(container)->emplace(); }};
    }
};

template <DescribedForJson T>
struct JsonTypeMaker<T> {
    using Fields = std::remove_cvref_t<decltype(JsonFields<T>::FIELDS)>;
    template <std::size_t I>
    using Member = typename std::tuple_element_t<I, Fields>::Type;

    static constexpr std::size_t COUNT = std::tuple_size_v<Fields>;
    static_assert(COUNT <= 64, "Ichor: a struct can have at most 64 fields in JSON: put some of them into a struct of their own");

    template <std::size_t I>
    static constexpr auto FIELD = std::get<I>(JsonFields<T>::FIELDS);

    template <std::size_t I>
    static constexpr JsonMember member() noexcept {
        constexpr auto field = FIELD<I>;
        return {.name = field.name,
                .type = &jsonType<Member<I>>,
                .locate = [](void *object) noexcept -> void * { return &(static_cast<T *>(object)->*FIELD<I>.member); },
                .bit = std::uint64_t{1} << I};
    }

    template <std::size_t... I>
    static constexpr std::uint64_t requiredOf(std::index_sequence<I...>) noexcept {
        return (std::uint64_t{0} | ... | (isOptional<Member<I>> ? 0 : std::uint64_t{1} << I));
    }

    template <std::size_t... I>
    static constexpr auto makeMembers(std::index_sequence<I...>) noexcept {
        return std::array<JsonMember, COUNT>{member<I>()...};
    }
    static constexpr std::array<JsonMember, COUNT> MEMBERS = makeMembers(std::make_index_sequence<COUNT>());

    static constexpr JsonType make() noexcept {
        return {.kind = JsonKind::OBJECT, .members = MEMBERS, .required = requiredOf(std::make_index_sequence<COUNT>())};
    }
};

} // namespace Ichor::Detail
