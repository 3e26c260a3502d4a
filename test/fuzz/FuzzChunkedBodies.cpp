#include "FuzzTargets.h"

#include <ichor/services/http/ChunkedDecoder.h>

#include <optional>
#include <vector>

namespace Ichor::Testing {

namespace {

using Detail::ChunkedDecoder;
using Detail::Refusal;

struct Decoded {
    std::string body;
    std::size_t consumed{0};
    Refusal refusal{Refusal::NONE};
    bool isComplete{false};

    bool operator==(Decoded const &) const = default;
};

/// Decodes pieces, each of them in place in memory of its own size, or to other memory.
Decoded decode(Pieces pieces, HttpLimits const &limits, bool isInPlace) {
    Decoded decoded;
    ChunkedDecoder decoder;
    while (!pieces.isEmpty() && !decoded.isComplete && decoded.refusal == Refusal::NONE) {
        std::string_view const piece = pieces.next();
        std::vector<char> in(piece.begin(), piece.end());
        std::vector<char> elsewhere(piece.size());
        char *const out = isInPlace ? in.data() : elsewhere.data();
        auto const progress = decoder.decode(in.data(), in.size(), out, limits);
        require(progress.consumed <= piece.size() && progress.produced <= progress.consumed, "more came out than went in");
        require(progress.isComplete || progress.refusal != Refusal::NONE || progress.consumed == piece.size(), "bytes were left");
        decoded.body.append(out, progress.produced);
        decoded.consumed += progress.consumed;
        decoded.refusal = progress.refusal;
        decoded.isComplete = progress.isComplete;
    }
    return decoded;
}

/// The same language once more, read from a whole text at once and without regard to limits, as RFC 9112 section 7.1 has it.
class Reference {
public:
    explicit Reference(std::string_view text) noexcept : _text(text) {}

    /// The body, when the text begins with a whole one.
    [[nodiscard]] std::optional<std::string> read() {
        std::string body;
        for (;;) {
            auto const size = readSize();
            if (!size || !skipExtensions() || !skip("\r\n")) return std::nullopt;
            if (*size == 0) break;
            if (_text.size() - _at < *size) return std::nullopt;
            body.append(_text.substr(_at, *size));
            _at += *size;
            if (!skip("\r\n")) return std::nullopt;
        }
        while (!skip("\r\n")) {
            if (!skipToken() || !skip(":")) return std::nullopt;
            while (_at < _text.size() && isText(_text[_at])) ++_at;
            if (!skip("\r\n")) return std::nullopt;
        }
        return body;
    }
    [[nodiscard]] std::size_t position() const noexcept { return _at; }

private:
    static bool isText(char c) noexcept { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); }

    bool skip(std::string_view what) noexcept {
        if (!_text.substr(_at).starts_with(what)) return false;
        _at += what.size();
        return true;
    }

    std::optional<std::uint64_t> readSize() noexcept {
        std::uint64_t size = 0;
        std::size_t digits = 0;
        for (; _at < _text.size(); ++_at, ++digits) {
            std::size_t const digit = std::string_view("0123456789abcdef")
                                          .find(static_cast<char>(_text[_at] >= 'A' && _text[_at] <= 'F' ? _text[_at] + 32 : _text[_at]));
            if (digit == std::string_view::npos) break;
            if (digits == 16) return std::nullopt;
            size = size * 16 + digit;
        }
        if (digits == 0) return std::nullopt;
        return size;
    }

    bool skipToken() noexcept {
        std::size_t const begin = _at;
        while (_at < _text.size() &&
               std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ").find(_text[_at]) !=
                   std::string_view::npos) {
            ++_at;
        }
        return _at != begin;
    }

    bool skipQuoted() noexcept {
        for (; _at < _text.size(); ++_at) {
            if (!isText(_text[_at])) return false;
            if (_text[_at] == '"') {
                ++_at;
                return true;
            }
            if (_text[_at] == '\\' && (++_at == _text.size() || !isText(_text[_at]))) return false;
        }
        return false;
    }

    bool skipExtensions() noexcept {
        while (skip(";")) {
            if (!skipToken()) return false;
            if (!skip("=")) continue;
            if (!(skip("\"") ? skipQuoted() : skipToken())) return false;
        }
        return true;
    }

    std::string_view _text;
    std::size_t _at{0};
};

} // namespace

void fuzzChunkedBodies(std::string_view input) {
    if (input.size() < 2) return;
    auto const choices = static_cast<std::uint8_t>(input[0]);
    auto const seed = static_cast<std::uint8_t>(input[1]);
    std::string_view const message = input.substr(2);
    HttpLimits limits;
    if ((choices & 1) != 0) {
        limits.bodyBytes = 32;
        limits.trailerBytes = 24;
        limits.chunkExtensionBytes = 12;
    }
    Decoded whole;
    if (!message.empty()) {
        std::vector<char> in(message.begin(), message.end());
        ChunkedDecoder decoder;
        auto const progress = decoder.decode(in.data(), in.size(), in.data(), limits);
        whole = {std::string(in.data(), progress.produced), progress.consumed, progress.refusal, progress.isComplete};
    }
    require(decode(Pieces(message, seed), limits, true) == whole, "where a body is cut makes a difference");
    require(decode(Pieces(message, static_cast<std::uint8_t>(seed ^ 0xff)), limits, false) == whole,
            "where a body is put makes a difference");
    require(whole.body.size() <= limits.bodyBytes, "a body exceeds its limit");

    Reference reference(message);
    auto const expected = reference.read();
    if (whole.isComplete) require(expected && *expected == whole.body && reference.position() == whole.consumed, "another body was sent");
    bool const isLimited = whole.refusal == Refusal::BODY_TOO_LARGE || whole.refusal == Refusal::TRAILER_TOO_LARGE ||
                           whole.refusal == Refusal::CHUNK_EXTENSIONS_TOO_LARGE;
    if (expected) require(whole.isComplete || isLimited, "a body that is right was not let in");
}

} // namespace Ichor::Testing
