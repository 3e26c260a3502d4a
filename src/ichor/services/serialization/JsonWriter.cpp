#include <ichor/services/serialization/JsonWriter.h>

#include <ichor/base/ByteRecycler.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace Ichor::Detail {

namespace {

/// Grows on the stack first: most messages are short, and need then no memory but that of the result.
class Output final {
public:
    Output() noexcept = default;
    Output(Output const &) = delete;
    Output &operator=(Output const &) = delete;

    /// Room for so many more bytes, at the returned place; then advance by what was used of it.
    char *reserve(std::size_t count) {
        if (count > static_cast<std::size_t>(_limit - _end)) grow(count);
        return _end;
    }
    void advanceTo(char *end) noexcept { _end = end; }

    void put(char c) {
        *reserve(1) = c;
        ++_end;
    }
    void put(std::string_view text) {
        std::memcpy(reserve(text.size()), text.data(), text.size());
        _end += text.size();
    }
    void takeBack() noexcept { --_end; }

    [[nodiscard]] std::vector<std::uint8_t> toVector() const {
        std::vector<std::uint8_t> bytes = ByteRecycler::take();
        bytes.assign(reinterpret_cast<std::uint8_t const *>(_begin), reinterpret_cast<std::uint8_t const *>(_end));
        return bytes;
    }

private:
    void grow(std::size_t count) {
        auto const used = static_cast<std::size_t>(_end - _begin);
        std::size_t const capacity = std::max(used + count, 2 * static_cast<std::size_t>(_limit - _begin));
        auto larger = std::make_unique_for_overwrite<char[]>(capacity);
        std::memcpy(larger.get(), _begin, used);
        _heap = std::move(larger);
        _begin = _heap.get();
        _end = _begin + used;
        _limit = _begin + capacity;
    }

    char _stack[512];
    std::unique_ptr<char[]> _heap;
    char *_begin = _stack;
    char *_end = _stack;
    char *_limit = _stack + sizeof(_stack);
};

// Per byte: 0 = stands for itself | 'u' = written as \u00xx | else the letter behind the backslash
constexpr std::array<char, 256> ESCAPES = [] {
    std::array<char, 256> escapes{};
    for (std::size_t c = 0; c < 0x20; ++c) escapes[c] = 'u';
    escapes['"'] = '"';
    escapes['\\'] = '\\';
    escapes['\b'] = 'b';
    escapes['\f'] = 'f';
    escapes['\n'] = 'n';
    escapes['\r'] = 'r';
    escapes['\t'] = 't';
    return escapes;
}();

void writeText(Output &out, std::string_view text) {
    constexpr std::size_t longestEscape = 6;
    constexpr std::string_view digits = "0123456789abcdef";
    char *to = out.reserve(longestEscape * text.size() + 2);
    *to++ = '"';
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        char const escape = ESCAPES[byte];
        if (escape == 0) [[likely]] {
            *to++ = c;
            continue;
        }
        *to++ = '\\';
        *to++ = escape;
        if (escape != 'u') continue;
        *to++ = '0';
        *to++ = '0';
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 0xf];
    }
    *to++ = '"';
    out.advanceTo(to);
}

void writeInteger(Output &out, JsonInteger integer) {
    constexpr std::size_t longest = 20;
    char *const to = out.reserve(longest);
    out.advanceTo(integer.isNegative ? std::to_chars(to, to + longest, static_cast<std::int64_t>(integer.bits)).ptr
                                     : std::to_chars(to, to + longest, integer.bits).ptr);
}

void writeReal(Output &out, double value, bool isFloat) {
    if (!std::isfinite(value)) return out.put("null");
    constexpr std::size_t longest = 32;
    char *const to = out.reserve(longest);
    // The shortest text that reads back as the same number.
    out.advanceTo(isFloat ? std::to_chars(to, to + longest, static_cast<float>(value)).ptr : std::to_chars(to, to + longest, value).ptr);
}

void write(Output &out, JsonType const &type, void const *value);

void writeObject(Output &out, JsonType const &type, void const *object) {
    out.put('{');
    bool isEmpty = true;
    for (JsonMember const &member : type.members) {
        void const *const value = member.locate(const_cast<void *>(object));
        if (member.type->kind == JsonKind::OPTIONAL && member.type->size(value) == 0) continue;
        out.put(member.quoted);
        write(out, *member.type, value);
        out.put(',');
        isEmpty = false;
    }
    if (!isEmpty) out.takeBack();
    out.put('}');
}

void writeArray(Output &out, JsonType const &type, void const *array) {
    std::size_t const size = type.size(array);
    out.put('[');
    for (std::size_t i = 0; i < size; ++i) {
        if (i != 0) out.put(',');
        write(out, *type.element, type.at(array, i));
    }
    out.put(']');
}

void write(Output &out, JsonType const &type, void const *value) {
    switch (type.kind) {
    case JsonKind::BOOLEAN: return out.put(*static_cast<bool const *>(value) ? "true" : "false");
    case JsonKind::INTEGER: return writeInteger(out, type.loadInteger(value));
    case JsonKind::REAL: return writeReal(out, type.loadReal(value), type.isFloat);
    case JsonKind::TEXT: return writeText(out, *static_cast<std::string const *>(value));
    case JsonKind::OBJECT: return writeObject(out, type, value);
    case JsonKind::ARRAY: return writeArray(out, type, value);
    case JsonKind::OPTIONAL: return type.size(value) == 0 ? out.put("null") : write(out, *type.element, type.at(value, 0));
    }
}

} // namespace

std::vector<std::uint8_t> writeJson(JsonType const &type, void const *value) {
    Output out;
    write(out, type, value);
    return out.toVector();
}

} // namespace Ichor::Detail
