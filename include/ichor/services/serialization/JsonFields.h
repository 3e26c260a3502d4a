#pragma once

#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace Ichor {

/// One field of a JSON object: its name there, and the member that holds it.
template <class T, class Member>
struct JsonField {
    using Type = Member;

    std::string_view name;
    Member T::*member;
};

template <class T, class Member>
JsonField(char const *, Member T::*) -> JsonField<T, Member>;

/// Says which fields a struct has in JSON, for every JSON serializer. Specialise it beside the struct:
///
///     template <>
///     struct Ichor::JsonFields<TestMsg> {
///         static constexpr auto FIELDS = std::tuple{JsonField{"id", &TestMsg::id}, JsonField{"val", &TestMsg::val}};
///     };
///
/// A member is a bool, an integer, floating point, a std::string (UTF-8), a struct that is described so, or a std::vector or
/// std::optional of these. Reading asks for every field but the optional ones (null or absent = empty), passes over fields that it does
/// not know, and of a field that comes twice the last one counts. T must be default-constructible.
template <class T>
struct JsonFields {};

namespace Detail {

template <class T>
inline constexpr bool isOptional = false;
template <class T>
inline constexpr bool isOptional<std::optional<T>> = true;

} // namespace Detail

/// A struct that JsonFields describes.
template <class T>
concept DescribedForJson = requires {
    std::tuple_size<std::remove_cvref_t<decltype(JsonFields<T>::FIELDS)>>::value;
};

} // namespace Ichor
