#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Ichor {

struct HttpHeader {
    std::string name;
    std::string value;
};

/// A header field on its way into HttpHeaders.
struct HttpField {
    std::string_view name;
    std::string_view value;
};

/// Header fields that their holder owns, in the order in which they were added. Names are compared without regard to case.
///
/// Example:   client.send(HttpMethod::get, "/ping", {{"Accept", "application/json"}})
/// Errors:    a name that is no token throws std::invalid_argument. CR, LF and NUL in a value become spaces, so that text from outside
///            cannot end the field and begin another one.
class HttpHeaders {
public:
    HttpHeaders() noexcept = default;

    /// Up to twelve at once, each in braces. No std::initializer_list, because g++ 12 cannot have one inside of a co_await expression.
    HttpHeaders(HttpField f1, HttpField f2 = {}, HttpField f3 = {}, HttpField f4 = {}, HttpField f5 = {}, HttpField f6 = {},
                HttpField f7 = {}, HttpField f8 = {}, HttpField f9 = {}, HttpField f10 = {}, HttpField f11 = {}, HttpField f12 = {});

    /// Replaces all fields of that name.
    void set(std::string_view name, std::string_view value);

    /// Adds one beside those of that name.
    void add(std::string_view name, std::string_view value);

    void remove(std::string_view name) noexcept;

    /// The first of that name.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const noexcept;
    [[nodiscard]] bool contains(std::string_view name) const noexcept { return get(name).has_value(); }

    [[nodiscard]] std::size_t size() const noexcept { return _headers.size(); }
    [[nodiscard]] bool isEmpty() const noexcept { return _headers.empty(); }
    [[nodiscard]] auto begin() const noexcept { return _headers.begin(); }
    [[nodiscard]] auto end() const noexcept { return _headers.end(); }

private:
    std::vector<HttpHeader> _headers;
};

} // namespace Ichor
