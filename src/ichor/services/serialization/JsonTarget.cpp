#include "JsonTarget.h"

#include <bit>
#include <charconv>
#include <cmath>

namespace Ichor::Detail {

namespace {

std::string described(JsonType const &type) {
    switch (type.kind) {
    case JsonKind::BOOLEAN: return "true or false";
    case JsonKind::INTEGER: return "an integer from " + std::to_string(type.least) + " to " + std::to_string(type.most);
    case JsonKind::REAL: return type.isFloat ? "a number that a float can hold" : "a number";
    case JsonKind::TEXT: return "a text";
    case JsonKind::OBJECT: return "an object";
    case JsonKind::ARRAY: return "an array";
    case JsonKind::OPTIONAL: return described(*type.element) + " or null";
    }
    return "something else";
}

} // namespace

double exactly(char const *digits, char const *end, double about) noexcept {
    double value = about; // what is left when no double is near it: infinite or next to nothing
    std::from_chars(digits, end, value);
    return value;
}

bool JsonTarget::real(double value) {
    Slot const slot = nextValue();
    if (slot.type == nullptr) return true;
    if (slot.type->kind == JsonKind::REAL) return storeReal(slot, value);
    // 1e3 is an integer, too, but beyond 2^53 a double no longer says which.
    constexpr double exactLimit = 9007199254740992.0;
    if (slot.type->kind != JsonKind::INTEGER || std::trunc(value) != value || std::abs(value) > exactLimit) {
        return refuse(*slot.type, slot.type->kind == JsonKind::INTEGER ? "another number" : "a number");
    }
    auto const integer = static_cast<std::int64_t>(value);
    return storeInteger(slot, {integer < 0, static_cast<std::uint64_t>(integer)});
}

bool JsonTarget::integerInto(Slot slot, JsonInteger value) {
    if (slot.type == nullptr) return true;
    if (slot.type->kind == JsonKind::INTEGER) return storeInteger(slot, value);
    if (slot.type->kind != JsonKind::REAL) return refuse(*slot.type, value);
    return storeReal(slot, value.isNegative ? static_cast<double>(static_cast<std::int64_t>(value.bits)) : static_cast<double>(value.bits));
}

bool JsonTarget::textInto(Slot slot, std::string_view value) {
    if (slot.type == nullptr) return true;
    if (slot.type->kind != JsonKind::TEXT) return refuse(*slot.type, "a text");
    return storeText(slot, value);
}

bool JsonTarget::storeLong(std::string &text, std::string_view value) {
    text.assign(value);
    return true;
}

bool JsonTarget::storeReal(Slot slot, double value) {
    return slot.type->storeReal(slot.object, value) || refuse(*slot.type, "out of its range");
}

bool JsonTarget::refuse(JsonType const &wanted, std::string_view what) {
    _error = path() + " must be " + described(wanted) + ", but is " + std::string(what);
    return false;
}

bool JsonTarget::refuse(JsonType const &wanted, JsonInteger what) {
    if (wanted.kind != JsonKind::INTEGER) return refuse(wanted, "a number");
    return refuse(wanted, what.isNegative ? std::to_string(static_cast<std::int64_t>(what.bits)) : std::to_string(what.bits));
}

bool JsonTarget::refuseIncomplete() {
    Frame const incomplete = _inner;
    close();
    std::uint64_t const missing = incomplete.type->required & ~incomplete.come;
    auto const index = static_cast<std::size_t>(std::countr_zero(missing));
    _error = path() + " has no field \"" + std::string(incomplete.type->members[index].name) + "\"";
    return false;
}

bool JsonTarget::refuseDepth() {
    _error = "objects and arrays are nested deeper than " + std::to_string(MAX_DEPTH);
    return false;
}

std::string JsonTarget::path() const {
    std::string path;
    auto const enter = [&path](Frame const &frame) {
        if (frame.come == 0) return; // nothing in it yet
        if (frame.type->kind == JsonKind::ARRAY) {
            path.append("[").append(std::to_string(frame.come - 1)).append("]");
        } else {
            path.append(path.empty() ? "" : ".").append((frame.next - 1)->name);
        }
    };
    for (Frame const &frame : _outer) enter(frame);
    enter(_inner);
    return path.empty() ? "the document" : std::string("\"").append(path).append("\"");
}

} // namespace Ichor::Detail
