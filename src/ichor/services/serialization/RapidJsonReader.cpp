#include <ichor/services/serialization/RapidJsonSerializer.h>

#include "JsonDocument.h"
#include "JsonTarget.h"

// A namespace of its own: a program that uses RapidJSON with other settings gets no mixture of the two.
#define RAPIDJSON_NAMESPACE IchorRapidJson
#define RAPIDJSON_NAMESPACE_BEGIN namespace IchorRapidJson {
#define RAPIDJSON_NAMESPACE_END }
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace Ichor::Detail {

namespace {

namespace rj = IchorRapidJson;

/// The document, in which RapidJSON unescapes the texts in place. A zero byte ends it, with a block's worth of bytes behind to look at.
class Stream final {
public:
    using Ch = char;

    explicit Stream(char *document) noexcept : _from(document), _to(document) {}

    [[nodiscard]] char Peek() const noexcept { return *_from; }
    char Take() noexcept { return *_from++; }
    void Put(char c) noexcept { *_to++ = c; }
    void Flush() noexcept {}

    /// A text begins. What is plain at its beginning, which is all of it mostly, is passed here already.
    char *PutBegin() noexcept {
        char *const begin = _from;
        Block::Mask special = Block::at(_from).special();
        while (!special.any()) {
            _from += Block::SIZE;
            special = Block::at(_from).special();
        }
        _from += special.first();
        _to = _from;
        return begin;
    }
    std::size_t PutEnd(char const *begin) noexcept { return static_cast<std::size_t>(_to - begin); }

    /// The address, which RapidJSON only hands on: so the stream need not know where it began.
    [[nodiscard]] std::size_t Tell() const noexcept { return reinterpret_cast<std::size_t>(_from); }
    [[nodiscard]] char const *here() const noexcept { return _from; }

    /// Moves what is plain to behind an escape that was longer than what it stands for.
    void movePlain() noexcept {
        auto const [from, to] = plainMoved(_from, _to);
        _from = from;
        _to = to;
    }

    /// RapidJSON lets half of a surrogate pair through where that is the low one. Here it comes upon an escape that is none, at a place
    /// of which is known what it means.
    void endAtHalfPair() noexcept {
        _to = _from;
        _from = HALF_PAIR;
    }
    [[nodiscard]] bool isAtHalfPair() const noexcept { return _from == HALF_PAIR + 1; }
    [[nodiscard]] char const *halfPair() const noexcept { return _to; }

private:
    static inline char HALF_PAIR[] = "\\?";

    struct Ends {
        char *from;
        char *to;
    };

    // Apart, so that what has no escapes, which is most, pays nothing for it.
    [[gnu::noinline]] static Ends plainMoved(char *from, char *to) noexcept {
        for (;; from += Block::SIZE, to += Block::SIZE) {
            Block const block = Block::at(from);
            Block::Mask const special = block.special();
            if (special.any()) {
                // No byte more: what comes next may lie where the rest of the block would go.
                std::size_t const size = special.first();
                copyShort(to, from, size);
                return {from + size, to + size};
            }
            block.copyTo(to);
        }
    }

    char *_from;
    char *_to;
};

void SkipWhitespace(Stream &stream) noexcept {
    auto const isSpace = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    while (isSpace(stream.Peek())) stream.Take();
}

struct Utf8 : rj::UTF8<char> {
    template <class Output>
    static void Encode(Output &output, unsigned codePoint) {
        if constexpr (std::same_as<Output, Stream>) {
            if (codePoint >= 0xD800 && codePoint <= 0xDFFF) return output.endAtHalfPair();
        }
        rj::UTF8<char>::Encode(output, codePoint);
    }
};

} // namespace

} // namespace Ichor::Detail

namespace IchorRapidJson {

template <>
struct StreamTraits<Ichor::Detail::Stream> {
    enum { copyOptimization = 1 };
};

// RapidJSON asks for one letter that needs no change. It gets all of them that follow one another.
template <>
struct Transcoder<Ichor::Detail::Utf8, Ichor::Detail::Utf8> : Transcoder<UTF8<char>, UTF8<char>> {
    using Transcoder<UTF8<char>, UTF8<char>>::Transcode;
    static bool Transcode(Ichor::Detail::Stream &stream, Ichor::Detail::Stream &) noexcept {
        stream.movePlain();
        return true;
    }
};

} // namespace IchorRapidJson

namespace Ichor::Detail {

namespace {

/// RapidJSON's events, handed on.
struct Handler {
    JsonTarget target;
    Stream stream{nullptr};
    char const *end{nullptr}; // of the document
    bool isAtBracket{false};  // RapidJSON has passed the bracket at which something is wrong

    bool Null() { return target.null(); }
    bool Bool(bool value) { return target.boolean(value); }
    bool Int(int value) { return target.integer({value < 0, static_cast<std::uint64_t>(static_cast<std::int64_t>(value))}); }
    bool Uint(unsigned value) { return target.integer({false, value}); }
    bool Int64(std::int64_t value) { return target.integer({value < 0, static_cast<std::uint64_t>(value)}); }
    bool Uint64(std::uint64_t value) { return target.integer({false, value}); }
    // RapidJSON has taken the digits from a copy of the stream, which itself still stands before them.
    bool Double(double value) { return target.real(exactly(stream.here(), end, value)); }
    bool RawNumber(char const *, rj::SizeType, bool) { return false; } // not asked for
    bool String(char const *text, rj::SizeType size, bool) { return target.text({text, size}); }
    bool Key(char const *text, rj::SizeType size, bool) { return target.key({text, size}); }
    bool StartObject() { return passBracket(target.beginObject()); }
    bool EndObject(rj::SizeType) { return passBracket(target.endObject()); }
    bool StartArray() { return passBracket(target.beginArray()); }
    bool EndArray(rj::SizeType) { return target.endArray(); }

private:
    bool passBracket(bool isTaken) noexcept {
        if (!isTaken) [[unlikely]]
            isAtBracket = true;
        return isTaken;
    }
};

} // namespace

struct RapidJsonReader::Inside {
    bool read(std::string_view json, JsonType const *type, void *into);
    void explain(rj::ParseResult const &result);
    bool fail(std::string_view what, char const *at);

    JsonDocument document;
    Handler handler;
    rj::GenericReader<Utf8, Utf8> reader;
    std::string error;
    std::size_t errorOffset = 0;
};

bool RapidJsonReader::Inside::fail(std::string_view what, char const *at) {
    error = what;
    errorOffset = static_cast<std::size_t>(at - document.begin());
    return false;
}

// Flat: what RapidJSON does for the outermost object, which often is all there is, becomes one function. What lies deeper is parsed by
// calls.
[[gnu::flatten]] bool RapidJsonReader::Inside::read(std::string_view json, JsonType const *type, void *into) {
    if (!document.copy(json, '\0')) [[unlikely]]
        return fail("this is not UTF-8", document.end());
    handler.target.begin(type, into);
    handler.stream = Stream(document.begin());
    handler.end = document.end();
    rj::ParseResult const result = reader.Parse<rj::kParseInsituFlag>(handler.stream, handler);
    bool const isRead = !result.IsError() && handler.stream.here() == document.end();
    if (!isRead) [[unlikely]]
        explain(result);
    document.shrink();
    return isRead;
}

void RapidJsonReader::Inside::explain(rj::ParseResult const &result) {
    Stream const &stream = handler.stream;
    auto const *const at = reinterpret_cast<char const *>(result.Offset());
    if (!result.IsError()) {
        fail("there is a zero byte", stream.here()); // which ends the document for RapidJSON
    } else if (stream.isAtHalfPair()) {
        fail("half of a surrogate pair is no character", stream.halfPair());
    } else if (result.Code() != rj::kParseErrorTermination) {
        fail(rj::GetParseError_En(result.Code()), at);
    } else {
        fail(handler.target.error(), std::exchange(handler.isAtBracket, false) ? at - 1 : at);
    }
}

RapidJsonReader::RapidJsonReader() : _inside(std::make_unique<Inside>()) {}
RapidJsonReader::~RapidJsonReader() = default;

bool RapidJsonReader::read(ByteView json, JsonType const &type, void *into) { return _inside->read(json.text(), &type, into); }

bool RapidJsonReader::check(ByteView json) { return _inside->read(json.text(), nullptr, nullptr); }

SerializeError RapidJsonReader::takeError() { return {std::move(_inside->error), _inside->errorOffset}; }

} // namespace Ichor::Detail
