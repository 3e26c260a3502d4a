#include "ResponseWriter.h"

#include "Characters.h"

#include <charconv>

namespace Ichor::Detail {

namespace {

constexpr std::string_view PREFIX = "HTTP/1.1 ";

// No more than this is written for anything whose size is not counted: the status line, Connection, Transfer-Encoding, a number.
constexpr std::size_t FIXED_SIZE = 256;

/// Writes into room that has been reserved before.
class Pen {
public:
    explicit Pen(char *at) noexcept : _at(at) {}
    void put(std::string_view text) noexcept {
        std::memcpy(_at, text.data(), text.size());
        _at += text.size();
    }
    void put(std::uint64_t number) noexcept { _at = std::to_chars(_at, _at + 20, number).ptr; }
    [[nodiscard]] char *at() const noexcept { return _at; }

private:
    char *_at;
};

bool isOurs(std::string_view name) noexcept {
    switch (name.size()) {
    case 4: return equalsIgnoringCase(name, "date");
    case 10: return equalsIgnoringCase(name, "connection") || equalsIgnoringCase(name, "keep-alive");
    case 14: return equalsIgnoringCase(name, "content-length");
    case 17: return equalsIgnoringCase(name, "transfer-encoding");
    default: return false;
    }
}

std::size_t sizeOfHead(HttpResponse const &response) noexcept {
    std::size_t size = FIXED_SIZE + response.contentType().size();
    for (HttpHeader const &header : response.headers()) size += header.name.size() + header.value.size() + 4;
    return size;
}

void putStatus(Pen &pen, HttpStatus status) noexcept {
    if (status == HttpStatus::ok) return pen.put("HTTP/1.1 200 OK\r\n");
    pen.put(PREFIX);
    pen.put(std::uint64_t{toNumber(status)});
    pen.put(" ");
    pen.put(reasonPhrase(status));
    pen.put("\r\n");
}

void putFields(Pen &pen, HttpResponse const &response, DateField const &date) noexcept {
    putStatus(pen, response.status());
    pen.put(date.line());
    HttpHeaders const &headers = response.headers();
    std::string_view const contentType = response.contentType();
    if (!contentType.empty() && (headers.isEmpty() || !headers.contains("Content-Type"))) {
        pen.put("Content-Type: ");
        pen.put(contentType);
        pen.put("\r\n");
    }
    for (HttpHeader const &header : headers) {
        if (isOurs(header.name)) continue;
        pen.put(header.name);
        pen.put(": ");
        pen.put(header.value);
        pen.put("\r\n");
    }
}

// HTTP/1.1 keeps a connection unless told otherwise, HTTP/1.0 closes it.
void putConnection(Pen &pen, bool isOldVersion, AfterAnswer after) noexcept {
    if (after == AfterAnswer::CLOSE) {
        pen.put("Connection: close\r\n");
    } else if (isOldVersion) {
        pen.put("Connection: keep-alive\r\n");
    }
}

// RFC 9110 section 8.6: none in 1xx and 204. A 304 has no body, and the length that it would have is not known here.
bool hasNoBody(HttpStatus status) noexcept {
    return status == HttpStatus::noContent || status == HttpStatus::notModified || toNumber(status) < 200;
}

} // namespace

void writeResponse(OutputBuffer &out, HttpResponse const &response, AnswerTraits traits, AfterAnswer after, DateField const &date) {
    std::string_view const body = response.body();
    bool const isBodyless = hasNoBody(response.status());
    char *const begin = out.prepare(sizeOfHead(response) + body.size());
    Pen pen(begin);
    putFields(pen, response, date);
    putConnection(pen, traits.isOldVersion, after);
    if (!isBodyless) {
        pen.put("Content-Length: ");
        pen.put(std::uint64_t{body.size()});
        pen.put("\r\n");
    }
    pen.put("\r\n");
    if (!isBodyless && !traits.isHead && !body.empty()) pen.put(body);
    out.commit(static_cast<std::size_t>(pen.at() - begin));
}

void writeStreamHead(OutputBuffer &out, HttpResponse const &response, StreamFraming framing, AfterAnswer after, DateField const &date) {
    char *const begin = out.prepare(sizeOfHead(response));
    Pen pen(begin);
    putFields(pen, response, date);
    putConnection(pen, false, framing == StreamFraming::UNTIL_CLOSE ? AfterAnswer::CLOSE : after);
    // RFC 9112 section 6.1: none in 1xx and 204.
    if (framing == StreamFraming::CHUNKED && !hasNoBody(response.status())) pen.put("Transfer-Encoding: chunked\r\n");
    pen.put("\r\n");
    out.commit(static_cast<std::size_t>(pen.at() - begin));
}

void writeStreamPart(OutputBuffer &out, std::string_view bytes, StreamFraming framing) {
    if (bytes.empty()) return; // a chunk of no bytes would end the body
    if (framing == StreamFraming::UNTIL_CLOSE) return out.append(bytes);
    char *const begin = out.prepare(bytes.size() + 24);
    char *at = std::to_chars(begin, begin + 16, bytes.size(), 16).ptr;
    Pen pen(at);
    pen.put("\r\n");
    pen.put(bytes);
    pen.put("\r\n");
    out.commit(static_cast<std::size_t>(pen.at() - begin));
}

void writeStreamEnd(OutputBuffer &out, StreamFraming framing) {
    if (framing == StreamFraming::CHUNKED) out.append("0\r\n\r\n");
}

} // namespace Ichor::Detail
