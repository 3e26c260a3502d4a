#pragma once

#include <ichor/base/Any.h>
#include <ichor/base/Expected.h>
#include <ichor/base/PieceAllocator.h>
#include <ichor/model/PropertyConversion.h>
#include <ichor/model/PropertyError.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace Ichor {

/// The settings of one service instance: few named values in the order in which they were given. Lean, because every service has one:
/// an empty one owns no memory, and a look-up is a walk over a handful of names, so read them once, at the door, into a plain struct.
///
/// Threads:   one at a time
/// Example:   Properties{{"Address", "127.0.0.1"}, {"Port", 8001}}
class Properties final {
public:
    using Entry = std::pair<std::string, Any>;
    using value_type = Entry;
    using iterator = Entry *;
    using const_iterator = Entry const *;

    Properties() noexcept = default;

    /// When a name comes twice, the last one counts.
    Properties(std::initializer_list<Entry> entries);
    Properties(Properties const &other);
    Properties(Properties &&other) noexcept { swap(other); }
    Properties &operator=(Properties const &other) { return *this = Properties(other); }
    Properties &operator=(Properties &&other) noexcept {
        Properties(std::move(other)).swap(*this);
        return *this;
    }
    ~Properties() { giveBack(); }

    [[nodiscard]] const_iterator find(std::string_view key) const noexcept;
    [[nodiscard]] iterator find(std::string_view key) noexcept;
    [[nodiscard]] bool contains(std::string_view key) const noexcept { return find(key) != end(); }

    /// Errors:    throws std::out_of_range, which names the key
    [[nodiscard]] Any const &at(std::string_view key) const;
    [[nodiscard]] Any &at(std::string_view key);

    /// The value of that name, made empty when there was none.
    Any &operator[](std::string_view key);

    /// False, and nothing changes, when the name is there already.
    std::pair<iterator, bool> emplace(std::string_view key, Any value);
    std::pair<iterator, bool> insert_or_assign(std::string_view key, Any value);

    /// How many were erased: 0 or 1.
    std::size_t erase(std::string_view key) noexcept;

    /// Takes the memory for that many at once.
    void reserve(std::size_t count) {
        if (count > _capacity) moveTo(_allocator, count);
    }
    /// For the framework: moves what there is into that memory, where it is to stay. Copies do not lie there.
    ///
    /// Lifetime:  the memory's, also of what this is moved to
    /// Errors:    std::bad_alloc, then nothing has changed
    void settle(Detail::IPieceMemory &memory);
    [[nodiscard]] std::size_t size() const noexcept { return _size; }
    [[nodiscard]] bool empty() const noexcept { return _size == 0; }
    [[nodiscard]] const_iterator begin() const noexcept { return _entries; }
    [[nodiscard]] const_iterator end() const noexcept { return _entries + _size; }
    [[nodiscard]] iterator begin() noexcept { return _entries; }
    [[nodiscard]] iterator end() noexcept { return _entries + _size; }
    void swap(Properties &other) noexcept {
        std::swap(_entries, other._entries);
        std::swap(_size, other._size);
        std::swap(_capacity, other._capacity);
        std::swap(_allocator, other._allocator);
    }

    /// The value as a T. Converted where nothing is lost: between integers when the value fits, to floating point, between
    /// std::string and std::string_view (valid as long as this object is), between lengths of time.
    ///
    /// Errors:    names the key, what is there and what was expected
    template <class T>
    [[nodiscard]] Expected<T, PropertyError> get(std::string_view key) const {
        auto const entry = find(key);
        if (entry == end()) return unexpected(PropertyError::missing(key, Detail::expectedKind<T>()));
        if (auto value = Detail::propertyAs<T>(entry->second)) return *std::move(value);
        return unexpected(PropertyError::unsuitable(key, entry->second, Detail::expectedKind<T>()));
    }

    /// The value as a T, or the fallback when there is none of that name.
    ///
    /// Errors:    a value that is there but is no T is not passed over: throws std::invalid_argument with PropertyError's message
    template <class T>
    [[nodiscard]] T getOr(std::string_view key, T fallback) const {
        if (!contains(key)) return fallback;
        auto value = get<T>(key);
        if (!value) throw std::invalid_argument(value.error().message());
        return *std::move(value);
    }

private:
    void moveTo(Detail::PieceAllocator<Entry> allocator, std::size_t capacity);
    void giveBack() noexcept {
        if (_capacity > 0) destroyAll();
    }
    void destroyAll() noexcept;

    // No vector, which has no room for where its memory comes from without being larger than this.
    Entry *_entries = nullptr;
    std::uint32_t _size = 0;
    std::uint32_t _capacity = 0;
    Detail::PieceAllocator<Entry> _allocator;
};

} // namespace Ichor
