#pragma once

#include <ichor/base/Time.h>
#include <ichor/model/Properties.h>
#include <ichor/model/StartError.h>

#include <optional>
#include <string>
#include <string_view>

namespace Ichor::Detail {

/// Reads properties into the members of a struct, each over its default, and keeps the first error.
class PropertyReader {
public:
    explicit PropertyReader(Properties const &properties) noexcept : _properties(properties) {}

    template <class T>
    void read(std::string_view key, T &into) {
        if (_error || !_properties.contains(key)) return;
        auto value = _properties.get<T>(key);
        if (value) {
            into = *std::move(value);
        } else {
            _error.emplace(value.error().message());
        }
    }

    /// The same for a length of time, which must not be zero or less.
    void readTime(std::string_view key, Duration &into) {
        read(key, into);
        check(into > Duration::zero(), key, "a length of time above zero");
    }

    /// Fails with the key when what has been read for it does not hold.
    void check(bool holds, std::string_view key, std::string_view expected) {
        if (_error || holds) return;
        _error.emplace("property \"" + std::string(key) + "\" must be " + std::string(expected));
    }

    [[nodiscard]] std::optional<StartError> const &error() const noexcept { return _error; }

private:
    Properties const &_properties;
    std::optional<StartError> _error;
};

} // namespace Ichor::Detail
