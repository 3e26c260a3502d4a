#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Ichor::Detail {

/// The names and values of a query string, decoded at the first look-up.
///
/// Lifetime:  views are valid until clear() and as long as the query's own bytes
class QueryFields {
public:
    [[nodiscard]] std::optional<std::string_view> find(std::string_view query, std::string_view name);
    void clear() noexcept;

private:
    void read(std::string_view query);
    [[nodiscard]] std::string_view decoded(std::string_view text);

    std::vector<std::pair<std::string_view, std::string_view>> _fields;
    std::string _text; // what had to be decoded; reserved at once, so that views into it stay valid
    bool _isRead{false};
};

} // namespace Ichor::Detail
