#pragma once

#include <ichor/services/serialization/JsonType.h>
#include <ichor/services/serialization/SerializeError.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace Ichor::Detail {

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
        _frames.clear();
        _skippedDepth = 0;
        _slot = {type, object};
        _error.clear();
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
        Slot const slot = nextValue();
        if (slot.type == nullptr) return true;
        if (slot.type->kind != JsonKind::BOOLEAN) return refuse(*slot.type, value ? "true" : "false");
        *static_cast<bool *>(slot.object) = value;
        return true;
    }

    bool integer(JsonInteger value) {
        Slot const slot = nextValue();
        if (slot.type == nullptr) return true;
        if (slot.type->kind == JsonKind::INTEGER) [[likely]]
            return storeInteger(slot, value);
        if (slot.type->kind != JsonKind::REAL) return refuse(*slot.type, value);
        return storeReal(slot,
                         value.isNegative ? static_cast<double>(static_cast<std::int64_t>(value.bits)) : static_cast<double>(value.bits));
    }

    bool real(double value);

    bool text(std::string_view value) {
        Slot const slot = nextValue();
        if (slot.type == nullptr) return true;
        if (slot.type->kind != JsonKind::TEXT) return refuse(*slot.type, "a text");
        static_cast<std::string *>(slot.object)->assign(value);
        return true;
    }

    bool beginObject() { return open(JsonKind::OBJECT, "an object"); }
    bool beginArray() { return open(JsonKind::ARRAY, "an array"); }

    bool key(std::string_view name) noexcept {
        if (_skippedDepth != 0) return true;
        Frame &frame = _frames.back();
        std::size_t const index = memberOf(*frame.type, name, frame.at);
        if (index == NONE) {
            _slot = {};
            return true;
        }
        JsonMember const &member = frame.type->members[index];
        frame.seen |= std::uint64_t{1} << index;
        frame.at = index;
        _slot = {member.type, member.locate(frame.object)};
        return true;
    }

    bool endObject() {
        if (_skippedDepth != 0) return endSkipped();
        Frame const &frame = _frames.back();
        if ((frame.seen & frame.type->required) != frame.type->required) [[unlikely]]
            return refuseIncomplete();
        _frames.pop_back();
        return true;
    }

    bool endArray() noexcept {
        if (_skippedDepth != 0) return endSkipped();
        _frames.pop_back();
        return true;
    }

    /// Empty when no event was refused.
    [[nodiscard]] std::string const &error() const noexcept { return _error; }

private:
    static constexpr std::size_t NONE = static_cast<std::size_t>(-1);

    // Where the next value goes. type nullptr: nowhere, nobody wants it.
    struct Slot {
        JsonType const *type = nullptr;
        void *object = nullptr;
    };

    // An object or array that is being filled.
    struct Frame {
        JsonType const *type;
        void *object;
        std::uint64_t seen; // bit i: members[i] has come
        std::size_t at;     // which member or element came last; NONE = none yet
    };

    Slot next() {
        if (_frames.empty() || _frames.back().type->kind == JsonKind::OBJECT) return _slot;
        Frame &array = _frames.back();
        ++array.at;
        return {array.type->element, array.type->append(array.object)};
    }

    // The same for a value that is not null, for which an optional is filled.
    Slot nextValue() {
        if (_skippedDepth != 0) return {};
        Slot slot = next();
        while (slot.type != nullptr && slot.type->kind == JsonKind::OPTIONAL) slot = {slot.type->element, slot.type->append(slot.object)};
        return slot;
    }

    // Most senders keep the order of the fields, so the one behind the last is tried first.
    static std::size_t memberOf(JsonType const &type, std::string_view name, std::size_t last) noexcept {
        std::size_t const guess = last + 1; // NONE + 1 is 0
        if (guess < type.members.size() && type.members[guess].name == name) [[likely]]
            return guess;
        for (std::size_t i = 0; i < type.members.size(); ++i) {
            if (type.members[i].name == name) return i;
        }
        return NONE;
    }

    bool open(JsonKind kind, std::string_view what) {
        if (_frames.size() + _skippedDepth >= MAX_DEPTH) [[unlikely]]
            return refuseDepth();
        if (_skippedDepth != 0) {
            ++_skippedDepth;
            return true;
        }
        Slot const slot = nextValue();
        if (slot.type == nullptr) {
            _skippedDepth = 1;
            return true;
        }
        if (slot.type->kind != kind) return refuse(*slot.type, what);
        if (kind == JsonKind::ARRAY) slot.type->clear(slot.object);
        _frames.push_back({slot.type, slot.object, 0, NONE});
        return true;
    }

    bool endSkipped() noexcept {
        --_skippedDepth;
        return true;
    }

    bool storeInteger(Slot slot, JsonInteger value) {
        bool const fits = value.isNegative ? static_cast<std::int64_t>(value.bits) >= slot.type->least : value.bits <= slot.type->most;
        if (!fits) [[unlikely]]
            return refuse(*slot.type, value);
        slot.type->storeInteger(slot.object, value.bits);
        return true;
    }

    bool storeReal(Slot slot, double value);

    bool refuse(JsonType const &wanted, std::string_view what);
    bool refuse(JsonType const &wanted, JsonInteger what);
    bool refuseIncomplete();
    bool refuseDepth();
    [[nodiscard]] std::string path() const;

    Slot _slot;                    // of the document, then of the member whose key came last
    std::size_t _skippedDepth = 0; // how many objects and arrays are open inside a value that nobody wants
    std::vector<Frame> _frames;
    std::string _error;
};

} // namespace Ichor::Detail
