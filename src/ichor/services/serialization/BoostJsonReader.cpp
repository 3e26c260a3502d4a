#include <ichor/services/serialization/BoostJsonSerializer.h>

#include "JsonDocument.h"
#include "JsonTarget.h"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace Ichor::Detail {

namespace {

namespace bj = boost::json;
using ErrorCode = bj::error_code;

/// Boost.JSON's events, handed on. It gives long texts in several parts, which are put together here.
struct Handler {
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

    JsonTarget target;
    std::string parts; // of the text, key or number that has begun

    bool on_document_begin(ErrorCode &) noexcept { return true; }
    bool on_document_end(ErrorCode &) noexcept { return true; }
    bool on_object_begin(ErrorCode &error) { return pass(target.beginObject(), error); }
    bool on_object_end(std::size_t, ErrorCode &error) { return pass(target.endObject(), error); }
    bool on_array_begin(ErrorCode &error) { return pass(target.beginArray(), error); }
    bool on_array_end(std::size_t, ErrorCode &error) { return pass(target.endArray(), error); }
    bool on_null(ErrorCode &error) { return pass(target.null(), error); }
    bool on_bool(bool value, ErrorCode &error) { return pass(target.boolean(value), error); }

    bool on_string_part(bj::string_view part, std::size_t, ErrorCode &) { return keep(part); }
    bool on_string(bj::string_view last, std::size_t, ErrorCode &error) { return pass(target.text(joined(last)), error) && forgetParts(); }
    bool on_key_part(bj::string_view part, std::size_t, ErrorCode &) { return keep(part); }
    bool on_key(bj::string_view last, std::size_t, ErrorCode &error) { return pass(target.key(joined(last)), error) && forgetParts(); }

    bool on_number_part(bj::string_view part, ErrorCode &) { return keep(part); }
    bool on_int64(std::int64_t value, bj::string_view, ErrorCode &error) {
        forgetParts();
        return pass(target.integer({value < 0, static_cast<std::uint64_t>(value)}), error);
    }
    bool on_uint64(std::uint64_t value, bj::string_view, ErrorCode &error) {
        forgetParts();
        return pass(target.integer({false, value}), error);
    }
    bool on_double(double value, bj::string_view last, ErrorCode &error) {
        // What Boost.JSON 1.81 makes of the digits can be off by some units in the last place.
        std::string_view const digits = joined(last);
        value = exactly(digits.data(), digits.data() + digits.size(), value);
        return pass(target.real(value), error) && forgetParts();
    }

    bool on_comment_part(bj::string_view, ErrorCode &) noexcept { return true; } // comments are not allowed, so there are none
    bool on_comment(bj::string_view, ErrorCode &) noexcept { return true; }

private:
    static bool pass(bool isTaken, ErrorCode &error) {
        if (!isTaken) error = bj::error::exception; // any: the target says what it was
        return isTaken;
    }

    bool keep(bj::string_view part) {
        parts.append(part.data(), part.size());
        return true;
    }

    std::string_view joined(bj::string_view last) {
        if (parts.empty()) return {last.data(), last.size()};
        keep(last);
        return parts;
    }

    bool forgetParts() noexcept {
        parts.clear();
        return true;
    }
};

bj::parse_options strict() noexcept {
    bj::parse_options options;
    options.max_depth = JsonTarget::MAX_DEPTH + 1; // so that it is the target that refuses, in its words
    options.allow_invalid_utf8 = true;             // there is none: that has been looked at before, by whole blocks
    return options;
}

} // namespace

struct BoostJsonReader::Inside {
    Inside() : parser(strict()) {}

    bool read(std::string_view json, JsonType const *type, void *into);
    bool explain(ErrorCode const &code, std::size_t offset);
    bool fail(std::string_view what, std::size_t offset);

    JsonDocument document;
    bj::basic_parser<Handler> parser;
    std::string error;
    std::size_t errorOffset = 0;
};

bool BoostJsonReader::Inside::fail(std::string_view what, std::size_t offset) {
    error = what;
    errorOffset = offset;
    return false;
}

bool BoostJsonReader::Inside::read(std::string_view json, JsonType const *type, void *into) {
    // Boost.JSON looks at whole blocks of a text, and at single letters where the document has no whole block left: so it gets one more, of
    // spaces, which it takes for a part of the document.
    constexpr std::size_t mostCopied = 256; // beyond, the copy costs more than it spares
    std::string_view padded = json;
    if (json.size() <= mostCopied) {
        if (!document.copy(json, ' ')) return fail("this is not UTF-8", static_cast<std::size_t>(document.end() - document.begin()));
        padded = {document.begin(), json.size() + Block::SIZE};
    } else if (std::size_t const bad = findInvalidUtf8(json); bad != json.size()) {
        return fail("this is not UTF-8", bad);
    }

    Handler &handler = parser.handler();
    handler.parts.clear();
    handler.target.begin(type, into);
    parser.reset();
    ErrorCode code;
    std::size_t const used = parser.write_some(false, padded.data(), padded.size(), code);
    return (!code && used == padded.size()) || explain(code, std::min(used, json.size()));
}

bool BoostJsonReader::Inside::explain(ErrorCode const &code, std::size_t offset) {
    if (!code) return fail("something follows the document", offset);
    if (code == bj::error::exception) return fail(parser.handler().target.error(), offset);
    return fail(code.message(), offset);
}

BoostJsonReader::BoostJsonReader() : _inside(std::make_unique<Inside>()) {}
BoostJsonReader::~BoostJsonReader() = default;

bool BoostJsonReader::read(ByteView json, JsonType const &type, void *into) { return _inside->read(json.text(), &type, into); }

bool BoostJsonReader::check(ByteView json) { return _inside->read(json.text(), nullptr, nullptr); }

SerializeError BoostJsonReader::takeError() { return {std::move(_inside->error), _inside->errorOffset}; }

} // namespace Ichor::Detail
