#include <ichor/model/PropertyError.h>

#include <ichor/model/PropertyConversion.h>

#include <cstdio>
#include <utility>

namespace Ichor {

namespace {

constexpr std::size_t LONGEST_TEXT_SHOWN = 60;

std::string quoted(std::string_view text) {
    bool const isLong = text.size() > LONGEST_TEXT_SHOWN;
    return std::string("\"").append(text.substr(0, LONGEST_TEXT_SHOWN)).append(isLong ? "…\"" : "\"");
}

// The value itself, for the kinds that can be written down; empty for all others.
std::string writtenDown(Any const &value) {
    if (auto const integer = Detail::integerIn(value)) {
        return integer->isNegative ? std::to_string(static_cast<std::int64_t>(integer->value)) : std::to_string(integer->value);
    }
    if (auto const real = Detail::realIn(value)) {
        char text[32];
        std::snprintf(text, sizeof(text), "%g", *real);
        return text;
    }
    if (auto const text = Detail::textIn(value)) return quoted(*text);
    if (auto const *flag = any_cast<bool>(&value)) return *flag ? "true" : "false";
    return {};
}

std::string described(Any const &value) {
    std::string const written = writtenDown(value);
    if (written.empty()) return value.hasValue() ? std::string("a value of type ").append(value.typeName()) : "empty";
    if (Detail::textIn(value)) return std::string("the text ").append(written);
    return std::string(written).append(" (").append(value.typeName()).append(")");
}

} // namespace

PropertyError PropertyError::missing(std::string_view key, std::string expected) {
    return {Kind::MISSING, std::string(key), {}, std::move(expected)};
}

PropertyError PropertyError::unsuitable(std::string_view key, Any const &value, std::string expected) {
    return {Kind::UNSUITABLE, std::string(key), described(value), std::move(expected)};
}

std::string PropertyError::message() const {
    std::string const name = quoted(key);
    if (kind == Kind::MISSING) return "property " + name + " is missing: " + expected + " was expected";
    return "property " + name + " is " + value + ", but " + expected + " was expected";
}

} // namespace Ichor
