#include <ichor/services/http/HttpHeaders.h>

#include "Characters.h"

#include <algorithm>
#include <stdexcept>

namespace Ichor {

namespace {

std::string checkedName(std::string_view name) {
    if (!Detail::isToken(name)) throw std::invalid_argument("\"" + std::string(name) + "\" cannot be the name of a header field");
    return std::string(name);
}

std::string harmlessValue(std::string_view value) {
    std::string result(Detail::withoutOuterSpace(value));
    for (char &c : result) {
        if (!Detail::isOf(c, Detail::FIELD_VALUE)) c = ' ';
    }
    return result;
}

} // namespace

HttpHeaders::HttpHeaders(HttpField f1, HttpField f2, HttpField f3, HttpField f4, HttpField f5, HttpField f6, HttpField f7, HttpField f8,
                         HttpField f9, HttpField f10, HttpField f11, HttpField f12) {
    add(f1.name, f1.value);
    for (HttpField const &field : {f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12}) {
        if (!field.name.empty()) add(field.name, field.value);
    }
}

void HttpHeaders::set(std::string_view name, std::string_view value) {
    HttpHeader header{checkedName(name), harmlessValue(value)};
    remove(header.name);
    _headers.push_back(std::move(header));
}

void HttpHeaders::add(std::string_view name, std::string_view value) {
    _headers.push_back(HttpHeader{checkedName(name), harmlessValue(value)});
}

void HttpHeaders::remove(std::string_view name) noexcept {
    std::erase_if(_headers, [name](HttpHeader const &header) { return Detail::equalsIgnoringCase(header.name, name); });
}

std::optional<std::string_view> HttpHeaders::get(std::string_view name) const noexcept {
    auto const found = std::find_if(_headers.begin(), _headers.end(),
                                    [name](HttpHeader const &header) { return Detail::equalsIgnoringCase(header.name, name); });
    if (found == _headers.end()) return std::nullopt;
    return std::string_view(found->value);
}

} // namespace Ichor
