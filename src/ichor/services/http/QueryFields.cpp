#include "QueryFields.h"

#include "Characters.h"

#include <algorithm>

namespace Ichor::Detail {

std::optional<std::string_view> QueryFields::find(std::string_view query, std::string_view name) {
    if (!_isRead) read(query);
    for (auto const &[key, value] : _fields) {
        if (key == name) return value;
    }
    return std::nullopt;
}

void QueryFields::clear() noexcept {
    _fields.clear();
    _text.clear();
    _isRead = false;
}

void QueryFields::read(std::string_view query) {
    _text.reserve(query.size());
    while (!query.empty()) {
        std::size_t const end = std::min(query.find('&'), query.size());
        std::string_view const field = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (field.empty()) continue;
        std::size_t const equals = std::min(field.find('='), field.size());
        std::string_view const name = decoded(field.substr(0, equals));
        _fields.emplace_back(name, decoded(field.substr(std::min(equals + 1, field.size()))));
    }
    _isRead = true;
}

std::string_view QueryFields::decoded(std::string_view text) {
    if (text.find_first_of("%+") == std::string_view::npos) return text;
    std::size_t const begin = _text.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const isEncoded = text[i] == '%' && text.size() - i > 2 && isOf(text[i + 1], HEX_DIGIT) && isOf(text[i + 2], HEX_DIGIT);
        if (isEncoded) {
            _text.push_back(static_cast<char>(hexValue(text[i + 1]) * 16 + hexValue(text[i + 2])));
            i += 2;
        } else {
            _text.push_back(text[i] == '+' ? ' ' : text[i]); // a '%' that stands for nothing stands for itself
        }
    }
    return std::string_view(_text).substr(begin);
}

} // namespace Ichor::Detail
