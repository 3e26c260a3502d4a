#pragma once

#include <ichor/base/TypeName.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace Ichor {

class Any;

/// Thrown by any_cast when the value is of another type; says which is there and which was asked for.
class BadAnyCast final : public std::runtime_error {
public:
    BadAnyCast(std::string_view held, std::string_view asked);
};

namespace Detail {

inline constexpr std::size_t ANY_BUFFER_SIZE = 16;

union AnyStorage {
    alignas(8) std::byte inPlace[ANY_BUFFER_SIZE];
    void *onHeap;
};

struct AnyType {
    std::uint64_t hash;
    std::string_view name;
    std::size_t size;
    bool isUnique; // only of such a type does the name alone say that two are the same
    bool isInPlace;
    bool isTrivial; // in place, copied and destroyed as bytes
    void (*copy)(AnyStorage &to, AnyStorage const &from);
    void (*move)(AnyStorage &to, AnyStorage &from) noexcept;
    void (*destroy)(AnyStorage &) noexcept;
};

template <class T>
struct AnyOperations {
    static constexpr bool IS_IN_PLACE =
        sizeof(T) <= ANY_BUFFER_SIZE && alignof(T) <= alignof(AnyStorage) && std::is_nothrow_move_constructible_v<T>;

    template <class... Args>
    static void construct(AnyStorage &to, Args &&...args) {
        if constexpr (IS_IN_PLACE) {
            ::new (static_cast<void *>(to.inPlace)) T(std::forward<Args>(args)...);
        } else {
            to.onHeap = new T(std::forward<Args>(args)...);
        }
    }
    static T const &get(AnyStorage const &storage) noexcept {
        if constexpr (IS_IN_PLACE) {
            return *std::launder(reinterpret_cast<T const *>(storage.inPlace));
        } else {
            return *static_cast<T const *>(storage.onHeap);
        }
    }
    static T &get(AnyStorage &storage) noexcept { return const_cast<T &>(get(static_cast<AnyStorage const &>(storage))); }

    static void copy(AnyStorage &to, AnyStorage const &from) { construct(to, get(from)); }
    static void move(AnyStorage &to, AnyStorage &from) noexcept {
        if constexpr (IS_IN_PLACE) {
            T &value = get(from);
            ::new (static_cast<void *>(to.inPlace)) T(std::move(value));
            value.~T();
        } else {
            to.onHeap = from.onHeap;
        }
    }
    static void destroy(AnyStorage &storage) noexcept {
        if constexpr (IS_IN_PLACE) {
            get(storage).~T();
        } else {
            delete &get(storage);
        }
    }
};

template <class T>
inline constexpr AnyType anyType{typeNameHash<T>(),
                                 typeName<T>(),
                                 sizeof(T),
                                 hasUniqueTypeName<T>(),
                                 AnyOperations<T>::IS_IN_PLACE,
                                 AnyOperations<T>::IS_IN_PLACE &&std::is_trivially_copyable_v<T>,
                                 &AnyOperations<T>::copy,
                                 &AnyOperations<T>::move,
                                 &AnyOperations<T>::destroy};

// What an argument is kept as: its own type without reference and const; a text literal or char pointer as a std::string of its own.
template <class T>
struct AnyStored {
    using Decayed = std::decay_t<T>;
    using Type = std::conditional_t<std::same_as<Decayed, char *> || std::same_as<Decayed, char const *>, std::string, Decayed>;
};

} // namespace Detail

/// One value of any copyable type. No RTTI is needed to ask what it is. Up to 16 bytes are kept without an allocation.
///
/// Texts given as `"literal"` are kept as std::string.
class Any final {
public:
    constexpr Any() noexcept = default;

    template <class T>
    requires(!std::same_as<std::decay_t<T>, Any> && std::is_copy_constructible_v<typename Detail::AnyStored<T>::Type>) Any(T &&value) {
        emplaceNew<typename Detail::AnyStored<T>::Type>(std::forward<T>(value));
    }

    Any(Any const &other) {
        if (other._type == nullptr) return;
        other._type->copy(_storage, other._storage);
        _type = other._type;
    }
    Any(Any &&other) noexcept { takeFrom(other); }

    /// Strong guarantee: when the copy throws, this one is as it was.
    Any &operator=(Any const &other) {
        if (this != &other) *this = Any(other);
        return *this;
    }
    Any &operator=(Any &&other) noexcept {
        if (this == &other) return *this;
        Any old(std::move(*this)); // destroyed last: its destructor may look at this object
        takeFrom(other);
        return *this;
    }
    ~Any() { reset(); }

    /// Replaces the value by a T made of the arguments. Strong guarantee.
    template <class T, class... Args>
    T &emplace(Args &&...args) {
        Any fresh;
        fresh.emplaceNew<T>(std::forward<Args>(args)...);
        *this = std::move(fresh);
        return Detail::AnyOperations<T>::get(_storage);
    }

    void reset() noexcept {
        if (_type == nullptr) return;
        Detail::AnyType const *type = std::exchange(_type, nullptr);
        if (!type->isTrivial) type->destroy(_storage);
    }

    [[nodiscard]] bool hasValue() const noexcept { return _type != nullptr; }

    /// The name of the held type, or "nothing".
    [[nodiscard]] std::string_view typeName() const noexcept { return _type == nullptr ? std::string_view("nothing") : _type->name; }
    [[nodiscard]] std::uint64_t typeHash() const noexcept { return _type == nullptr ? 0 : _type->hash; }

    template <class T>
    [[nodiscard]] bool holds() const noexcept {
        static_assert(std::same_as<T, std::remove_cvref_t<T>>, "ask an Any for a plain type, without reference or const");
        Detail::AnyType const *asked = &Detail::anyType<T>;
        if (_type == asked) return true;
        if constexpr (!hasUniqueTypeName<T>()) return false;
        // The same type can have several of these records when it comes from several shared libraries.
        return _type != nullptr && _type->hash == asked->hash && _type->isUnique && _type->size == asked->size &&
               _type->name == asked->name;
    }

private:
    template <class T>
    friend T *any_cast(Any *any) noexcept;
    template <class T>
    friend T const *any_cast(Any const *any) noexcept;

    template <class T, class... Args>
    void emplaceNew(Args &&...args) {
        Detail::AnyOperations<T>::construct(_storage, std::forward<Args>(args)...);
        _type = &Detail::anyType<T>;
    }

    void takeFrom(Any &other) noexcept {
        _type = std::exchange(other._type, nullptr);
        if (_type == nullptr) return;
        if (_type->isTrivial) {
            _storage = other._storage;
        } else {
            _type->move(_storage, other._storage);
        }
    }

    Detail::AnyType const *_type = nullptr; // nullptr = holds nothing
    Detail::AnyStorage _storage;
};

/// An Any that holds a T made of the arguments.
template <class T, class... Args>
[[nodiscard]] Any make_any(Args &&...args) {
    Any any;
    any.emplace<T>(std::forward<Args>(args)...);
    return any;
}

/// The value if it is exactly a T, else nullptr.
template <class T>
[[nodiscard]] T *any_cast(Any *any) noexcept {
    return any != nullptr && any->holds<T>() ? &Detail::AnyOperations<T>::get(any->_storage) : nullptr;
}
template <class T>
[[nodiscard]] T const *any_cast(Any const *any) noexcept {
    return any != nullptr && any->holds<T>() ? &Detail::AnyOperations<T>::get(any->_storage) : nullptr;
}

/// The value, which must be exactly a T; any_cast<T &> gives it in place, any_cast<T> a copy.
///
/// Errors:    throws BadAnyCast, which names both types
template <class T>
[[nodiscard]] T any_cast(Any &any) {
    using Plain = std::remove_cvref_t<T>;
    if (auto *value = any_cast<Plain>(&any)) return static_cast<T>(*value);
    throw BadAnyCast(any.typeName(), typeName<Plain>());
}
template <class T>
[[nodiscard]] T any_cast(Any const &any) {
    using Plain = std::remove_cvref_t<T>;
    if (auto const *value = any_cast<Plain>(&any)) return static_cast<T>(*value);
    throw BadAnyCast(any.typeName(), typeName<Plain>());
}
template <class T>
[[nodiscard]] T any_cast(Any &&any) {
    using Plain = std::remove_cvref_t<T>;
    if (auto *value = any_cast<Plain>(&any)) return static_cast<T>(std::move(*value));
    throw BadAnyCast(any.typeName(), typeName<Plain>());
}

static_assert(sizeof(Any) <= 32);

} // namespace Ichor
