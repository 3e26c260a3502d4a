#include <ichor/services/serialization/RapidJsonSerializer.h>

#include "JsonTarget.h"
#include "Utf8.h"

// A namespace of its own: a program that uses RapidJSON with other settings gets no mixture of the two.
#define RAPIDJSON_NAMESPACE IchorRapidJson
#define RAPIDJSON_NAMESPACE_BEGIN namespace IchorRapidJson {
#define RAPIDJSON_NAMESPACE_END }
#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace Ichor::Detail {

namespace {

namespace rj = IchorRapidJson;

/// RapidJSON's events, handed on.
struct Handler {
    JsonTarget &target;
    bool hasEscapes;      // in some text; without any, the texts are UTF-8 as the document is
    bool isBroken{false}; // RapidJSON lets half of a surrogate pair through where that is the low one

    bool isText(std::string_view text) {
        isBroken = hasEscapes && findInvalidUtf8(text) != text.size();
        return !isBroken;
    }

    bool Null() { return target.null(); }
    bool Bool(bool value) { return target.boolean(value); }
    bool Int(int value) { return target.integer({value < 0, static_cast<std::uint64_t>(static_cast<std::int64_t>(value))}); }
    bool Uint(unsigned value) { return target.integer({false, value}); }
    bool Int64(std::int64_t value) { return target.integer({value < 0, static_cast<std::uint64_t>(value)}); }
    bool Uint64(std::uint64_t value) { return target.integer({false, value}); }
    bool Double(double value) { return target.real(value); }
    bool RawNumber(char const *, rj::SizeType, bool) { return false; } // not asked for
    bool String(char const *text, rj::SizeType size, bool) { return isText({text, size}) && target.text({text, size}); }
    bool Key(char const *text, rj::SizeType size, bool) { return isText({text, size}) && target.key({text, size}); }
    bool StartObject() { return target.beginObject(); }
    bool EndObject(rj::SizeType) { return target.endObject(); }
    bool StartArray() { return target.beginArray(); }
    bool EndArray(rj::SizeType) { return target.endArray(); }
};

} // namespace

struct RapidJsonReader::Inside {
    // RapidJSON looks for the end of a text 16 bytes at a time, so behind the document there must be something to look at.
    static constexpr std::size_t PADDING = 16;
    static constexpr std::size_t MOST_KEPT = 64 * 1024;

    bool parse(std::string_view json);
    bool fail(std::string what, std::size_t offset);
    char *copied(std::string_view json);

    JsonTarget target;
    rj::Reader reader;
    std::vector<char> buffer; // the document, in which RapidJSON unescapes the texts in place
    std::string error;
    std::size_t errorOffset = 0;
};

char *RapidJsonReader::Inside::copied(std::string_view json) {
    if (buffer.size() < json.size() + PADDING) buffer.resize(json.size() + PADDING);
    if (!json.empty()) std::memcpy(buffer.data(), json.data(), json.size());
    std::memset(buffer.data() + json.size(), 0, PADDING);
    return buffer.data();
}

bool RapidJsonReader::Inside::fail(std::string what, std::size_t offset) {
    error = std::move(what);
    errorOffset = offset;
    return false;
}

bool RapidJsonReader::Inside::parse(std::string_view json) {
    if (std::size_t const bad = findInvalidUtf8(json); bad != json.size()) return fail("this is not UTF-8", bad);

    constexpr unsigned flags = rj::kParseInsituFlag | rj::kParseFullPrecisionFlag | rj::kParseIterativeFlag;
    rj::InsituStringStream stream(copied(json));
    Handler handler{.target = target, .hasEscapes = json.find('\\') != json.npos};
    rj::ParseResult const result = reader.Parse<flags>(stream, handler);
    if (!result) {
        if (handler.isBroken) return fail("half of a surrogate pair is no character", result.Offset());
        bool const isRefused = result.Code() == rj::kParseErrorTermination;
        return fail(isRefused ? target.error() : rj::GetParseError_En(result.Code()), result.Offset());
    }
    // A zero byte ends the document for RapidJSON.
    if (stream.Tell() != json.size()) return fail("there is a zero byte", stream.Tell());
    return true;
}

RapidJsonReader::RapidJsonReader() : _inside(std::make_unique<Inside>()) {}
RapidJsonReader::~RapidJsonReader() = default;

bool RapidJsonReader::read(ByteView json, JsonType const &type, void *into) {
    _inside->target.begin(&type, into);
    bool const isRead = _inside->parse(json.text());
    if (_inside->buffer.size() > Inside::MOST_KEPT) _inside->buffer = {};
    return isRead;
}

bool RapidJsonReader::check(ByteView json) {
    _inside->target.begin(nullptr, nullptr);
    return _inside->parse(json.text());
}

SerializeError RapidJsonReader::takeError() { return {std::move(_inside->error), _inside->errorOffset}; }

} // namespace Ichor::Detail
