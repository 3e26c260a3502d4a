#pragma once

#include "Block.h"

#include <ichor/services/serialization/JsonType.h>
#include <ichor/services/serialization/SerializeError.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace Ichor::Detail {

/// The number that begins there, to the last bit, of which a parser says about how much it is.
[[nodiscard]] double exactly(char const *digits, char const *end, double about) noexcept;

/// Where a parser's events go: puts each value into the member that it belongs to. Knows no parser; each event returns false when the
/// parser is to stop, and error() then says why.
///
/// Threads:   one at a time
class JsonTarget final {
public:
    /// Deeper than this is refused, whether anybody wants what lies there or not: nothing here or behind may run out of stack.
    static constexpr std::size_t MAX_DEPTH = 512;

    /// A document comes that is to be read into that object. type nullptr: it is looked at only.
    void begin(JsonType const *type, void *object) noexcept {
        _outer.clear();
        _inner = {};
        _skippedDepth = 0;
        _slot = {type, object};
        _fits = type == nullptr ? NONE : type->kind;
    }

    bool null() {
        if (_skippedDepth != 0) return true;
        Slot const slot = next();
        if (slot.type == nullptr) return true;
        if (slot.type->kind != JsonKind::OPTIONAL) return refuse(*slot.type, "null");
        slot.type->clear(slot.object);
        return true;
    }

    bool boolean(bool value) {
        Slot const slot = _fits == JsonKind::BOOLEAN ? _slot : nextValue();
        if (slot.type == nullptr) return true;
        if (slot.type->kind != JsonKind::BOOLEAN) return refuse(*slot.type, value ? "true" : "false");
        *static_cast<bool *>(slot.object) = value;
        return true;
    }

    bool integer(JsonInteger value) {
        if (_fits == JsonKind::INTEGER) [[likely]]
            return storeInteger(_slot, value);
        return integerInto(nextValue(), value);
    }

    bool real(double value);

    bool text(std::string_view value) {
        if (_fits == JsonKind::TEXT) [[likely]]
            return storeText(_slot, value);
        return textInto(nextValue(), value);
    }

    bool beginObject() { return open(JsonKind::OBJECT, "an object"); }
    bool beginArray() { return open(JsonKind::ARRAY, "an array"); }

    bool key(std::string_view name) noexcept {
        if (_skippedDepth != 0) return true;
        JsonMember const *const member = memberOf(*_inner.type, name, _inner.next);
        if (member == nullptr) [[unlikely]] {
            _slot = {};
            _fits = NONE;
            return true;
        }
        _inner.come |= member->bit;
        _inner.next = member + 1;
        _slot = {member->type, member->locate(_inner.object)};
        _fits = member->type->kind;
        return true;
    }

    bool endObject() {
        if (_skippedDepth != 0) return endSkipped();
        if ((_inner.type->required & ~_inner.come) != 0) [[unlikely]]
            return refuseIncomplete();
        close();
        return true;
    }

    bool endArray() noexcept {
        if (_skippedDepth != 0) return endSkipped();
        close();
        return true;
    }

    /// Why an event was refused.
    [[nodiscard]] std::string const &error() const noexcept { return _error; }

private:
    static constexpr auto NONE = JsonKind::OPTIONAL;

    // Where the next value goes. type nullptr: nowhere, nobody wants it.
    struct Slot {
        JsonType const *type = nullptr;
        void *object = nullptr;
    };

    // An object or array that is being filled. type nullptr: none, the document has not begun.
    struct Frame {
        JsonType const *type = nullptr;
        void *object = nullptr;
        std::uint64_t come = 0;           // of an object: the bits of the members that have come; of an array: how many elements have
        JsonMember const *next = nullptr; // of an object: the one behind the member that came last
    };

    Slot next() {
        if (_inner.type == nullptr || _inner.type->kind == JsonKind::OBJECT) return _slot;
        ++_inner.come;
        return {_inner.type->element, _inner.type->append(_inner.object)};
    }

    // The same for a value that is not null, for which an optional is filled.
    Slot nextValue() {
        if (_skippedDepth != 0) return {};
        Slot slot = next();
        while (slot.type != nullptr && slot.type->kind == JsonKind::OPTIONAL) slot = {slot.type->element, slot.type->append(slot.object)};
        return slot;
    }

    // Most senders keep the order of the fields, so the one behind the last is tried first.
    static JsonMember const *memberOf(JsonType const &type, std::string_view name, JsonMember const *guess) noexcept {
        JsonMember const *const end = type.members.data() + type.members.size();
        if (guess != end && isSame(guess->name, name)) [[likely]]
            return guess;
        for (JsonMember const &member : type.members) {
            if (isSame(member.name, name)) return &member;
        }
        return nullptr;
    }

    bool open(JsonKind kind, std::string_view what) {
        if (_outer.size() + _skippedDepth >= MAX_DEPTH) [[unlikely]]
            return refuseDepth();
        if (_skippedDepth != 0) {
            ++_skippedDepth;
            return true;
        }
        Slot const slot = _fits == kind ? _slot : nextValue();
        if (slot.type == nullptr) {
            _skippedDepth = 1;
            return true;
        }
        if (slot.type->kind != kind) return refuse(*slot.type, what);
        if (kind == JsonKind::ARRAY) slot.type->clear(slot.object);
        _fits = NONE;
        _outer.push_back(_inner);
        _inner = {slot.type, slot.object, 0, slot.type->members.data()};
        return true;
    }

    void close() noexcept {
        _fits = NONE;
        _inner = _outer.back();
        _outer.pop_back();
    }

    bool endSkipped() noexcept {
        --_skippedDepth;
        return true;
    }

    bool storeInteger(Slot slot, JsonInteger value) {
        bool const fits = value.isNegative ? static_cast<std::int64_t>(value.bits) >= slot.type->least : value.bits <= slot.type->most;
        if (!fits) [[unlikely]]
            return refuse(*slot.type, value);
        switch (slot.type->bytes) {
        case sizeof(std::uint64_t): put<std::uint64_t>(slot.object, value.bits); break;
        case sizeof(std::uint32_t): put<std::uint32_t>(slot.object, value.bits); break;
        case sizeof(std::uint16_t): put<std::uint16_t>(slot.object, value.bits); break;
        default: put<std::uint8_t>(slot.object, value.bits);
        }
        return true;
    }

    // Whatever the type of that size is called.
    template <class Word>
    static void put(void *to, std::uint64_t bits) noexcept {
        auto const word = static_cast<Word>(bits);
        std::memcpy(to, &word, sizeof(word));
    }

    bool storeReal(Slot slot, double value);
    bool integerInto(Slot slot, JsonInteger value);
    bool textInto(Slot slot, std::string_view value);

    [[gnu::always_inline]] static bool storeText(Slot slot, std::string_view value) {
        auto *const text = static_cast<std::string *>(slot.object);
        constexpr std::size_t mostInside = 15;
        if (value.size() > mostInside) return storeLong(*text, value);
        // Needs no memory, and so cannot throw between the two. assign() takes three times as many instructions.
        std::destroy_at(text);
        std::construct_at(text, value.data(), value.size());
        return true;
    }
    static bool storeLong(std::string &text, std::string_view value);

    bool refuse(JsonType const &wanted, std::string_view what);
    bool refuse(JsonType const &wanted, JsonInteger what);
    bool refuseIncomplete();
    bool refuseDepth();
    [[nodiscard]] std::string path() const;

    Slot _slot;                    // of the document, then of the member whose key came last
    JsonKind _fits = NONE;         // what value _slot takes as it is; NONE = look at it more closely, or elsewhere
    std::size_t _skippedDepth = 0; // how many objects and arrays are open inside a value that nobody wants
    Frame _inner;                  // what lies innermost
    std::vector<Frame> _outer;     // what lies around it, down to the one that is none
    std::string _error;
};

} // namespace Ichor::Detail
